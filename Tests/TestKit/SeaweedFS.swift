import FoundationEssentials
import Glibc

/// A real S3 server for a test: SeaweedFS in one process, with credentials, gone when the value goes away.
///
/// Where it differs from Amazon's: `a//b` and `/a` lose a slash, `\` becomes `/`, `x/../y` and names with a part over
/// 255 bytes are refused, and the hash of a body is not checked. Tests of such names use ``MotoServer``.
package final class SeaweedFS: Sendable {
    package static let keyID = "AKTEST0001"
    package static let secret = "s3cr3t/Key+ForTests0123456789abcdefghijk"
    package static let readerKeyID = "AKREAD0001"
    package static let readerSecret = "readonlysecret"

    package let address: HostPort
    package let child: ChildProcess
    private let directory: TemporaryDirectory

    private init(address: HostPort, child: ChildProcess, directory: TemporaryDirectory) {
        self.address = address
        self.child = child
        self.directory = directory
    }

    /// Throws ``ObjectStoreTools/Missing`` or ``NotReady``.
    package static func start(within limit: Duration = .seconds(60)) async throws -> SeaweedFS {
        let program = try ObjectStoreTools.program("weed")
        let directory = try TemporaryDirectory("weed")
        let identities = try directory.write(
            """
            {"identities": [
              {"name": "tester", "credentials": [{"accessKey": "\(keyID)", "secretKey": "\(secret)"}],
               "actions": ["Admin", "Read", "Write", "List", "Tagging"]},
              {"name": "reader", "credentials": [{"accessKey": "\(readerKeyID)", "secretKey": "\(readerSecret)"}],
               "actions": ["Read", "List"]}
            ]}
            """, to: "identities.json")
        // Every port and socket is given: two servers on one machine would meet at the defaults.
        let ports = try FreePort.pick(8)
        let names = [
            "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc",
            "s3.port", "s3.port.grpc",
        ]
        let data = directory.path("data")
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        let fixed = [
            "-logdir=\(data)", "-alsologtostderr=false", "mini", "-dir=\(data)", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
            "-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.config=\(identities)", "-s3.iam=false",
            "-master.telemetry=false", "-webdav=false", "-admin.ui=false",
            "-s3.localSocket=\(directory.path("s3.sock"))", "-filer.localSocket=\(directory.path("filer.sock"))",
        ]
        let child = try ChildProcess(program, fixed + zip(names, ports).map { "-\($0)=\($1)" })
        let store = SeaweedFS(address: HostPort("127.0.0.1", ports[6]), child: child, directory: directory)
        do {
            // Unsigned requests are refused as soon as it listens; it takes objects a little later.
            try await eventually(within: limit, every: .milliseconds(50), "an answer of SeaweedFS") {
                if !child.isRunning { return true }
                return try await RawHTTP.request("GET", "/", at: store.address, headers: [("Connection", "close")])
                    .status == 403
            }
        } catch {
            throw NotReady(reason: "\(error)", log: child.errors)
        }
        guard child.isRunning else { throw NotReady(reason: "it ended: \(child.exit as Any)", log: child.errors) }
        return store
    }

    package var url: String { "http://\(address)" }

    /// Ends it at once, as a machine that fails.
    package func kill() async throws {
        child.signal(SIGKILL)
        try await child.wait()
    }

    package struct NotReady: Error, CustomStringConvertible {
        package let reason: String
        package let log: String
        package var description: String { "SeaweedFS is not ready: \(reason); its log ends:\n\(log.suffix(4_000))" }
    }
}

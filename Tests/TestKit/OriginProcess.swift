import FoundationEssentials
import Glibc

/// An `edgelab origin` run for a test: one or more named origins on free ports, gone when the value goes away.
package final class OriginProcess: Sendable {
    package struct Origin: Sendable, Decodable {
        package let origin: String
        package let region: String
        package let listening: HostPort
    }

    package let child: ChildProcess
    /// In the order in which they were asked for.
    package let origins: [Origin]

    private init(child: ChildProcess, origins: [Origin]) {
        self.child = child
        self.origins = origins
    }

    package subscript(_ name: String) -> HostPort? { origins.first { $0.origin == name }?.listening }

    /// Starts the origins, given as `NAME:REGION`, on free ports of `host`; with a `port` the only one starts there.
    /// Throws when one does not listen in time.
    package static func start(
        _ names: [String] = ["origin:lab"], host: String = "127.0.0.1", port: Int = 0, arguments: [String] = [],
        within limit: Duration = .seconds(20)
    ) async throws -> OriginProcess {
        let options = names.flatMap { ["--origin", "\($0):\(host):\(port)"] }
        let child = try ChildProcess(
            Checkout.program("edgelab"), ["origin", "--until-stdin-closes"] + options + arguments, input: .pipe)
        let origins: [Origin]? = try await eventually(within: limit, "the origin's start") {
            let lines = child.outputBytes.split(separator: 10)
            let ready = lines.compactMap { try? JSONDecoder().decode(Origin.self, from: Data($0)) }
            return ready.count >= names.count ? .some(ready) : (child.isRunning ? nil : .some(nil))
        }
        guard let origins else { throw DidNotStart(errors: child.errors) }
        return OriginProcess(child: child, origins: origins)
    }

    package struct DidNotStart: Error, CustomStringConvertible {
        package let errors: String
        package var description: String { "edgelab origin ended at once: \(errors)" }
    }

    /// Ends it as a crash would.
    package func kill() async throws {
        child.signal(SIGKILL)
        try await child.wait()
    }

    @discardableResult
    package func stop() async -> ChildProcess.Exit {
        await child.terminate()
    }
}

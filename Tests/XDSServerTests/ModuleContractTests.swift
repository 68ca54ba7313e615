import EdgeModel
import EdgePlan
import EnvoyConfig
import FoundationEssentials
import Synchronization
import TestKit
import Testing
import XDSServer

/// A node as nodes are: stock Envoy with the edge module, fetching from the real server.
@Suite(
    "A node with the edge module",
    .enabled(if: EnvoyBinary.locate() != nil && Checkout.edgeModule() != nil, "no Envoy or no module: run make tools"))
struct ModuleContractTests {
    private struct Node {
        let envoy: EnvoyProcess
        let listen: HostPort
        let folder: TemporaryDirectory
        var log: String { folder.path("access.json") }
        var figures: String { folder.path("figures.sock") }
    }

    private func start(_ place: Bootstrap.ControlPlane) async throws -> Node {
        let folder = try TemporaryDirectory("node")
        let (admin, listen) = (try FreePort.one(), try FreePort.one())
        let bootstrap = Bootstrap(
            node: "fra1",
            metadata: NodeMetadata(
                token: "secret-fra1", listen: [listen.description], accessLog: folder.path("access.json"),
                planFormats: [Int(PlanFormat.number)]),
            controlPlane: place, admin: .loopback(port: admin.port), figuresSocket: folder.path("figures.sock"))
        let library = try #require(Checkout.edgeModule())
        OpenDescriptors.keepFromPrograms()
        let envoy = try await EnvoyProcess.start(
            bootstrap: String(decoding: try bootstrap.json(), as: UTF8.self), admin: admin,
            modules: String(library[..<(library.lastIndex(of: "/") ?? library.startIndex)]),
            arguments: ["--reject-unknown-dynamic-fields", "--file-flush-interval-msec", "20"], within: .seconds(30))
        return Node(envoy: envoy, listen: listen, folder: folder)
    }

    private func get(_ node: Node, _ path: String, headers: [(String, String)] = []) async throws -> RawHTTPResponse {
        try await RawHTTP.request(
            "GET", path, at: node.listen, host: "EXAMPLE.com.:80", headers: [("Connection", "close")] + headers)
    }

    @Test("The module routes to the plan's origin, refuses a plan it cannot read, and the log tells what was decided")
    func story() async throws {
        let isBroken = Atomic(false)
        let server = try await RunningService.start(module: { zone in
            isBroken.load(ordering: .relaxed) ? Array("no plan".utf8) : EnvoyRenderer.envelope(zone)
        })
        try await server.publish(Given.plan("health.1", port: server.address.port), 1)
        let node = try await start(.init(.tcp(host: server.address.host, port: server.address.port)))
        try await eventually("traffic") { try await get(node, "/healthz").text == "ok\n" }
        #expect(try await get(node, "/healthz", headers: [("x-edge-origin", "xds")]).text == "ok\n")

        let hostile = "/\"},{%22a\\%REQ(HOST)%?" + String(repeating: "q", count: 3_000)
        _ = try await get(node, hostile)
        let lines = try await eventually("the log") {
            let lines = try node.folder.read("access.json").split(separator: "\n")
            return lines.contains { $0.contains("REQ(HOST)") } ? lines : nil
        }
        struct Line: Decodable {
            var path: String, host: String, status: Int
            var zone: String?, configuration: JSON?
        }
        enum JSON: Decodable {
            case some
            init(from decoder: any Decoder) throws { self = .some }
        }
        let read = try lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
        let told = try #require(read.first { $0.path.contains("REQ(HOST)") })
        #expect(told.path.contains("%REQ(HOST)%") && told.path.utf8.count == 2_048 && told.host == "EXAMPLE.com")
        #expect(read.contains { $0.status == 200 && $0.zone == "example.com" && $0.configuration != nil })

        isBroken.store(true, ordering: .relaxed)
        let broken = Given.plan("health.1", port: server.address.port, hosts: ["example.com", "a.test"])
        try await server.publish(broken, 2)
        try await eventually("the refusal") {
            await server.status(of: "fra1")?.openRefusal(of: .production)?.plan == Given.digest(2)
        }
        #expect(try await get(node, "/healthz").text == "ok\n")
        #expect(access(node.figures), "the figures are served")
        await node.envoy.stop()
        try await server.stop()
    }

    private func access(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    @Test("Over TLS the node asks for the server's name and its authority; another name gets nothing")
    func tls() async throws {
        let folder = try TemporaryDirectory("tls")
        let made = try await ChildProcess.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
                "-subj", "/CN=control", "-addext", "subjectAltName=DNS:control.test",
                "-keyout", folder.path("key.pem"), "-out", folder.path("cert.pem"),
            ])
        try #require(made.exit.isSuccess, "\(made.errors)")
        let server = try await RunningService.start(
            tls: .init(certificate: folder.path("cert.pem"), key: folder.path("key.pem")),
            module: { EnvoyRenderer.envelope($0) })
        try await server.publish(Given.plan(nil), 1)
        func place(_ name: String) -> Bootstrap.ControlPlane {
            .init(
                .tcp(host: "127.0.0.1", port: server.address.port),
                tls: .init(serverName: name, authorityFile: folder.path("cert.pem")))
        }
        let stranger = Bootstrap(
            node: "hil1", metadata: NodeMetadata(token: "secret-hil1"), controlPlane: place("other.test"),
            admin: .loopback(port: try FreePort.one().port), figuresSocket: nil)
        let file = try folder.write(String(decoding: try stranger.json(), as: UTF8.self), to: "stranger.json")
        let command = EnvoyCommand(executable: try EnvoyBinary.require(), configuration: file, concurrency: 1)
        OpenDescriptors.keepFromPrograms()
        let other = try ChildProcess(command.executable, command.arguments)
        let node = try await start(place("control.test"))
        try await eventually("the acceptance over TLS") {
            await server.status(of: "fra1")?.plan(of: .production) == Given.digest(1)
        }
        #expect(await server.status(of: "hil1") == nil)
        await other.terminate()
        await node.envoy.stop()
        try await server.stop()
    }
}

import EdgeModel
import EdgePlan
import FoundationEssentials
import TestKit
import Testing
import XDSServer

@Suite("The server over HTTP")
struct ServiceTests {
    @Test("A request waits until something is published and is answered with it")
    func longPoll() async throws {
        let server = try await RunningService.start()
        async let answer = server.ask("clusters")
        try await eventually { await server.status(of: "fra1") != nil }
        try await server.publish(Given.plan("a.1"), 1)
        let first = try await answer
        #expect(first.status == 200 && first.first("content-type") == "application/json")
        #expect(first.text.contains(#""name":"a.1""#) && first.text.hasPrefix(#"{"version_info":""#))
        try await server.stop()
    }

    @Test("A process that begins anew is answered at once, though a request of the one before still waits")
    func staleRequest() async throws {
        let server = try await RunningService.start()
        try await server.publish(Given.plan("a.1"), 1)
        let first = try await server.ask("clusters").text
        let version = try #require(first.split(separator: "\"").dropFirst(3).first.map(String.init))
        async let stale = server.ask("clusters", version)
        try await eventually { await server.status(of: "fra1")?.accepted[.clusters] != nil }
        #expect(try await server.ask("clusters").text == first)
        #expect(try await stale.status == 304)
        try await server.stop()
    }

    @Test("A request that waited as long as it may is answered with 304, and so are all at shutdown")
    func notModified() async throws {
        let patient = try await RunningService.start(hold: 1)
        #expect(try await patient.ask("listeners").status == 304)
        try await patient.stop()
        let server = try await RunningService.start()
        async let answer = server.ask("routes", names: ["signalbox.production"])
        try await eventually { await server.status(of: "fra1") != nil }
        try await server.stop()
        #expect(try await answer.status == 304)
    }

    @Test("Only a node's own token opens; who comes without is told, and it is noted for known nodes")
    func authentication() async throws {
        let server = try await RunningService.start(hold: 1)
        #expect(try await server.ask("clusters").status == 304)
        let refused = try await server.ask("clusters", token: "secret-hil1")
        #expect(refused.status == 401 && refused.text.contains("node bootstrap"))
        #expect(try await server.ask("clusters", node: "never-seen", token: "x").status == 401)
        #expect(await server.status(of: "fra1")?.lastUnauthorized != nil)
        #expect(await server.service.fleet().status.nodes.count == 1)
        let report = try await RawHTTP.request(
            "POST", "/v1/nodes/fra1/report", at: server.address,
            headers: [("Authorization", "Bearer wrong"), ("Connection", "close")], body: Array("{}".utf8))
        #expect(report.status == 401)
        try await server.stop()
    }

    @Test("An Envoy on its own is told the paths of a certificate, and once only")
    func certificatePaths() async throws {
        let server = try await RunningService.start(hold: 1)
        let name = "/tls/a.crt:/tls/a.key"
        let first = try await server.ask("secrets", names: [name])
        #expect(first.status == 200 && first.text.contains(#""private_key":{"filename":"/tls/a.key"}"#))
        let version = try #require(first.text.firstMatch(of: #/"version_info":"([0-9a-f]+)"/#)).1
        #expect(try await server.ask("secrets", String(version), names: [name]).status == 304)
        #expect(try await server.ask("secrets", token: "other", names: [name]).status == 401)
        #expect(try await server.ask("secrets", names: ["/tls/../key:/tls/a.key"]).status == 400)
        try await server.stop()
    }

    @Test(
        "What is no request is refused with the reason",
        arguments: [
            ("routes", [String](), 400), ("routes", ["signalbox.production", "signalbox.lower"], 400),
            ("routes", ["other"], 400), ("secrets", [], 400),
        ])
    func malformed(_ type: String, _ names: [String], _ status: Int) async throws {
        let server = try await RunningService.start(hold: 1)
        #expect(try await server.ask(type, names: names).status == status)
        try await server.stop()
    }

    @Test("Bodies that are no JSON, nameless nodes and endless bodies are refused; the server goes on")
    func hostile() async throws {
        let server = try await RunningService.start(hold: 1)
        for body in ["", "{", "[]", #"{"node":{"id":"a\nb","metadata":{"signalbox":{"token":"t"}}}}"#] {
            let answer = try await RawHTTP.request(
                "POST", "/v3/discovery:clusters", at: server.address, headers: [("Connection", "close")],
                body: Array(body.utf8))
            #expect(answer.status == 400, "\(body)")
        }
        let large = try await RawHTTP.request(
            "POST", "/v3/discovery:clusters", at: server.address, headers: [("Connection", "close")],
            body: [UInt8](repeating: 32, count: (1 << 20) + 1))
        #expect(large.status == 413)
        #expect(try await RawHTTP.request("GET", "/healthz", at: server.address).text == "ok\n")
        #expect(try await RawHTTP.request("GET", "/v3", at: server.address).status == 404)
        try await server.stop()
    }

    @Test("A report reaches status, figures and metrics")
    func report() async throws {
        let server = try await RunningService.start(hold: 1)
        _ = try await server.ask("clusters")
        var report = NodeReport(
            node: "fra1".asName, at: Timestamp.current(), process: "7", restarts: 3, residentBytes: 99)
        report.figures.rules = [RuleFigures(configuration: ConfigurationID(rawValue: 456), ref: "a\"\n\\", hits: 12)]
        let body = Array(try JSONEncoder().encode(report))
        func send(_ node: String) async throws -> Int {
            try await RawHTTP.request(
                "POST", "/v1/nodes/\(node)/report", at: server.address,
                headers: [("Authorization", "Bearer secret-\(node)"), ("Connection", "close")], body: body
            ).status
        }
        #expect(try await send("fra1") == 204)
        #expect(try await send("hil1") == 400, "it is of another node")
        #expect(await server.status(of: "fra1")?.restarts == 3)
        let metrics = try await RawHTTP.request("GET", "/metrics", at: server.address).text
        #expect(metrics.contains(#"rule="a\"\n\\"} 12"#) && metrics.contains(#"signalbox_node_live{node="fra1"} 1"#))
        let fleet = try await RawHTTP.request("GET", "/v1/fleet", at: server.address).body
        let snapshot = try JSONDecoder().decode(FleetSnapshot.self, from: Data(fleet))
        #expect(snapshot.figures["fra1".asName]?.rules.first?.hits == 12)
        try await server.stop()
    }

    @Test("A port that is taken is named, with what to do")
    func portInUse() async throws {
        let first = try await RunningService.start()
        let failure = await #expect(throws: XDSServerError.self) {
            _ = try await RunningService.start(port: first.address.port)
        }
        #expect(failure?.code == .addressInUse && failure?.place == first.address.description)
        try await first.stop()
    }

    @Test(
        "Beyond loopback it does not listen without a certificate",
        arguments: ["0.0.0.0", "192.0.2.1", "edge.example", "::"])
    func clearText(_ host: String) async throws {
        let service = RunningService.make(XDSSettings(bindings: [.tcp(host: host, port: 0)]))
        let failure = await #expect(throws: XDSServerError.self) { try await service.run() }
        #expect(failure?.code == .clearTextBeyondLoopback)
    }

    @Test("A certificate that is not there is named")
    func certificate() async throws {
        let service = RunningService.make(
            XDSSettings(
                bindings: [.tcp(host: "0.0.0.0", port: 0)],
                tls: .init(certificate: "/nowhere/c.pem", key: "/nowhere/k.pem")))
        let failure = await #expect(throws: XDSServerError.self) { try await service.run() }
        #expect(failure?.code == .certificate && failure?.place.contains("/nowhere/c.pem") == true)
    }

    @Test("A unix socket is served beside, and one that another process answers on is not taken from it")
    func unixSocket() async throws {
        let folder = try TemporaryDirectory("xds")
        let path = folder.path("xds.sock")
        let server = try await RunningService.start(bindings: [.unix(path: path)])
        let second = RunningService.make(XDSSettings(bindings: [.unix(path: path)]))
        let failure = await #expect(throws: XDSServerError.self) { try await second.run() }
        #expect(failure?.code == .addressInUse && failure?.place == path)
        try await server.stop()
    }

    @Test("Publishing twice the same tells nothing new; of two, the later stays")
    func publishing() async throws {
        let server = try await RunningService.start(hold: 1)
        try await server.publish(Given.plan("a.1"), 1)
        let first = try await server.ask("clusters").text
        try await server.publish(Given.plan("a.1"), 1)
        #expect(try await server.ask("clusters").text == first)
        #expect(await server.service.fleet().status.production?.plan == Given.digest(1))
        try await server.stop()
    }
}

import EdgeModel
import EdgePlan
import EnvoyConfig
import Glibc
import Logging
import Synchronization
import TestKit
import Testing
import XDSServer

/// Two real Envoys, of which one hears nothing for a while. The clock is the test's.
@Suite("An absent node", .enabled(if: EnvoyBinary.locate() != nil, "no Envoy: run make tools"), .serialized)
struct AbsenceContractTests {
    private static func start(_ node: String, _ server: HostPort, listen: HostPort) async throws -> EnvoyProcess {
        let admin = try FreePort.one()
        let bootstrap = Bootstrap(
            node: node, metadata: NodeMetadata(token: "secret-\(node)", listen: [listen.description]),
            controlPlane: .init(.tcp(host: server.host, port: server.port)), admin: .loopback(port: admin.port),
            figuresSocket: nil)
        OpenDescriptors.keepFromPrograms()
        return try await EnvoyProcess.start(
            bootstrap: String(decoding: try bootstrap.json(), as: UTF8.self), admin: admin, within: .seconds(30))
    }

    private static func clusters(_ envoy: EnvoyProcess) async throws -> Set<String> {
        let lines = try await envoy.ask("GET", "/clusters").text.split(separator: "\n")
        return Set(lines.compactMap { $0.split(separator: ":").first.map(String.init) }).subtracting(["xds"])
    }

    @Test("keeps what it uses at the others for two minutes; when it is back, nothing fails while it moves on")
    func story() async throws {
        let later = Mutex<Int64>(0)
        let server = try await RunningService.start(
            hold: 500,
            now: {
                Timestamp(milliseconds: Timestamp.current().milliseconds + later.withLock(\.self))
            })
        let port = server.address.port
        func plan(_ origin: String) -> EdgePlan { Given.plan(origin, port: port, health: Given.health) }
        func runs(_ number: Int, _ node: String) async throws {
            try await eventually(within: .seconds(30), "plan \(number) at \(node)") {
                await server.status(of: node)?.plan(of: .production) == Given.digest(number)
            }
        }
        try await server.publish(plan("one.1"), 1)
        let ports = try FreePort.pick(2, on: ["127.0.0.1"]).map { HostPort("127.0.0.1", $0) }
        let fra = try await Self.start("fra1", server.address, listen: ports[0])
        let hil = try await Self.start("hil1", server.address, listen: ports[1])
        try await runs(1, "fra1")
        try await runs(1, "hil1")

        // It stops while it uses the first origin. Others leave when nobody uses them; that one stays.
        hil.signal(SIGSTOP)
        try await server.publish(plan("two.1"), 2)
        try await runs(2, "fra1")
        try await server.publish(plan("three.1"), 3)
        try await runs(3, "fra1")
        try await eventually(within: .seconds(30), "the end of the second origin") {
            try await Self.clusters(fra) == ["one.1", "three.1"]
        }
        later.withLock { $0 = Liveness.expiry - 30_000 }
        try await eventually(within: .seconds(30), "a word of the other node at that time") {
            let seen = await server.status(of: "fra1")?.lastRequest?.milliseconds ?? 0
            return seen >= Timestamp.current().milliseconds + Liveness.expiry - 31_000
        }
        #expect(try await Self.clusters(fra) == ["one.1", "three.1"])
        later.withLock { $0 = Liveness.expiry + 30_000 }
        try await eventually(within: .seconds(30), "the end of the first origin") {
            try await Self.clusters(fra) == ["three.1"]
        }

        // It is back with routes to an origin that nobody else has.
        hil.signal(SIGCONT)
        var statuses: [Int: Int] = [:]
        try await eventually(within: .seconds(30), "the absent node at what is live") {
            let status = try? await RawHTTP.request(
                "GET", "/healthz", at: ports[1], host: "example.com", headers: [("Connection", "close")]
            ).status
            statuses[status ?? 0, default: 0] += 1
            return await server.status(of: "hil1")?.plan(of: .production) == Given.digest(3)
        }
        #expect(statuses.keys.sorted() == [200], "\(statuses)")
        for envoy in [fra, hil] {
            try await eventually(within: .seconds(30), "one origin at each") {
                try await Self.clusters(envoy) == ["three.1"]
            }
        }
        await fra.stop()
        await hil.stop()
        try await server.stop()
    }
}

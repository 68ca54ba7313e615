import EdgeModel
import EdgePlan
import EnvoyConfig
import TestKit
import Testing
import XDSServer

/// A real Envoy that fetches from the real server.
@Suite(
    "Envoy fetches what is published", .enabled(if: EnvoyBinary.locate() != nil, "no Envoy: run make tools"),
    .serialized)
struct EnvoyContractTests {
    private func start(_ server: HostPort, listen: HostPort, token: String = "secret-fra1") async throws -> EnvoyProcess
    {
        let admin = try FreePort.one()
        let bootstrap = Bootstrap(
            node: "fra1", metadata: NodeMetadata(token: token, region: "fra", listen: [listen.description]),
            controlPlane: .init(.tcp(host: server.host, port: server.port)), admin: .loopback(port: admin.port),
            // Its listener needs the module's library; everything else is as nodes run it.
            figuresSocket: nil)
        let file = String(decoding: try bootstrap.json(), as: UTF8.self)
        OpenDescriptors.keepFromPrograms()
        return try await EnvoyProcess.start(
            bootstrap: file, admin: admin, arguments: ["--reject-unknown-dynamic-fields"], within: .seconds(30))
    }

    /// The status a request to the node's zone is answered with; nil while nobody listens.
    private func status(_ listen: HostPort, _ path: String = "/healthz") async -> Int? {
        try? await RawHTTP.request("GET", path, at: listen, host: "example.com", headers: [("Connection", "close")])
            .status
    }

    @Test("From nothing to traffic, an update, a refusal that keeps the old, a rollback, a server that restarts")
    func story() async throws {
        let folder = try TemporaryDirectory("xds")
        let memory = folder.path("rollout.json")
        let server = try await RunningService.start(memory: memory)
        let listen = try FreePort.one()
        let origin = server.address
        let good = Given.plan("health.1", port: origin.port)
        try await server.publish(good, 1)
        let envoy = try await start(origin, listen: listen)
        try await eventually("traffic") { await status(listen) == 200 }
        try await eventually("the first acceptance") {
            await server.status(of: "fra1")?.plan(of: .production) == Given.digest(1)
        }

        // Another zone file, another cluster: accepted, and the old cluster leaves after a while.
        try await server.publish(Given.plan("other.1", port: origin.port, health: Given.health), 2)
        try await eventually("the second acceptance") {
            await server.status(of: "fra1")?.plan(of: .production) == Given.digest(2)
        }
        #expect(await status(listen) == 200)
        try await eventually("the removal of the old cluster") {
            let clusters = try await envoy.ask("GET", "/clusters").text
            return clusters.contains("other.1::") && !clusters.contains("health.1::")
        }

        // The same host in two domains is what Envoy refuses.
        try await server.publish(
            Given.plan("other.1", port: origin.port, hosts: ["example.com", "EXAMPLE.com"], health: Given.health), 3)
        try await eventually("the refusal") {
            await server.status(of: "fra1")?.openRefusal(of: .production)?.plan == Given.digest(3)
        }
        #expect(await status(listen) == 200 && envoy.log.contains("rejected"))
        let rejected = try await envoy.stats("rds.signalbox.production.update_rejected").values.reduce(0, +)
        #expect((1...2).contains(rejected), "a refused version is not sent in a loop")

        try await server.publish(good, 1)
        try await eventually("the rollback") {
            await server.status(of: "fra1")?.plan(of: .production) == Given.digest(1)
        }
        #expect(await status(listen) == 200)

        // While the server is away the node goes on. Its successor has another plan: the old cluster stays until the
        // node has left it, which only the successor's memory can know.
        try await eventually("the memory of what the node runs") {
            let version = await server.status(of: "fra1")?.accepted[.productionRoutes]?.version
            return try folder.read("rollout.json").contains(version ?? "nothing")
        }
        try await server.stop()
        #expect(await status(listen, "/nothing") == 503, "the origin was the server itself")
        let again = try await RunningService.start(port: origin.port, settle: 60_000, memory: memory)
        try await again.publish(Given.plan("third.1", port: origin.port, health: Given.health), 4)
        try await eventually("both clusters together") {
            let clusters = try await envoy.ask("GET", "/clusters").text
            return clusters.contains("health.1::") && clusters.contains("third.1::")
        }
        try await eventually("the word of the node to the new server") {
            await again.status(of: "fra1")?.plan(of: .production) == Given.digest(4)
        }
        #expect(await status(listen) == 200)
        await envoy.stop()
        try await again.stop()
    }

    @Test("Origins are taken on ahead of the change that needs them; one that Envoy refuses is told and taken back")
    func ahead() async throws {
        let server = try await RunningService.start()
        let listen = try FreePort.one()
        let plan = Given.plan("health.1", port: server.address.port)
        try await server.publish(plan, 1)
        #expect(try await server.service.prepare(plan.origins, within: .seconds(10)).askedNobody, "nobody lives")
        let envoy = try await start(server.address, listen: listen)
        try await eventually("traffic") { await status(listen) == 200 }

        let next = Given.plan("next.1", port: server.address.port)
        let readiness = try await server.service.prepare(plan.origins + next.origins, within: .seconds(10))
        #expect(readiness.ready == ["fra1".asName] && readiness.waiting.isEmpty && readiness.refused.isEmpty)
        #expect(try await envoy.ask("GET", "/clusters").text.contains("next.1::"))

        var broken = Given.plan("broken.1", port: server.address.port).origins
        broken[0].tls = OriginTLSPlan(serverName: "origin.example", verify: true, authorities: "no certificate")
        let refusal = try await server.service.prepare(next.origins + broken, within: .seconds(5))
        #expect(refusal.refused.map(\.node) == ["fra1".asName] && refusal.ready.isEmpty)

        // The next change finds the node as it was.
        try await server.publish(next, 2)
        try await eventually("the next change") {
            await server.status(of: "fra1")?.plan(of: .production) == Given.digest(2)
        }
        #expect(await status(listen) == 200)
        await envoy.stop()
        try await server.stop()
    }

    @Test("A node with a wrong token gets nothing and does not become a node")
    func wrongToken() async throws {
        let server = try await RunningService.start()
        try await server.publish(Given.plan("health.1", port: server.address.port), 1)
        let listen = try FreePort.one()
        let events = server.service.events
        let admin = try FreePort.one()
        let bootstrap = Bootstrap(
            node: "fra1", metadata: NodeMetadata(token: "wrong", listen: [listen.description]),
            controlPlane: .init(.tcp(host: server.address.host, port: server.address.port)),
            admin: .loopback(port: admin.port), figuresSocket: nil)
        let folder = try TemporaryDirectory("envoy")
        let file = try folder.write(String(decoding: try bootstrap.json(), as: UTF8.self), to: "envoy.json")
        let command = EnvoyCommand(executable: try EnvoyBinary.require(), configuration: file, concurrency: 1)
        OpenDescriptors.keepFromPrograms()
        let envoy = try ChildProcess(command.executable, command.arguments)
        for await event in events {
            #expect(event.kind == .unauthorized)
            break
        }
        #expect(await server.service.fleet().status.nodes.isEmpty)
        #expect(FreePort.isFree(listen))
        #expect(!envoy.errors.contains("\"wrong\""), "the token is not in Envoy's log")
        await envoy.terminate()
        try await server.stop()
    }
}

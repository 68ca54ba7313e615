import EdgeModel
import EdgePlan
import EnvoyConfig
import RulesLanguage
import TestKit
import Testing
import XDSServer

/// 1,000 zones at a real Envoy with the real module.
@Suite(
    "A large network at a real node",
    .enabled(if: EnvoyBinary.locate() != nil && Checkout.edgeModule() != nil, "no Envoy or no module: run make tools"))
struct ShardContractTests {
    /// A thousand zones of the size that zones have; the changed one answers with another text.
    static func plan(_ count: Int, answering: [Int: String] = [:], port: Int) throws -> EdgePlan {
        var plan = Given.plan("health.1", port: port)
        let always = try ProgramCompiler().compile(Expression("true")).bytes
        let zone = plan.production.zones[0]
        plan.production.zones = (0..<count).map { number in
            var zone = zone
            zone.name = "zone-\(number).example"
            zone.hosts = [zone.name, "*.\(zone.name)"]
            let rules = (0..<20).map { rule in
                RulePlan(
                    ref: "rule-\(rule)", condition: always,
                    action: .block(
                        status: 403, contentType: "text/plain",
                        body:
                            "\(answering[number] ?? "old") of \(zone.name) \(rule) \(String(repeating: "-", count: 60))"
                    ))
            }
            zone.configurations[0].phases = number == 1 ? [] : [PhasePlan(phase: .firewallCustom, rules: rules)]
            return zone
        }
        // Names that belong together in nothing but the zone, and a wildcard that spans sites.
        plan.production.zones[0].hosts += ["unrelated.test", "other.co.uk", "*.wide"]
        plan.lower.zones = plan.production.zones.suffix(1)
        return plan
    }

    @Test("One changed zone of 1,000 is a fiftieth of the bytes; every way to write a host finds its zone")
    func story() async throws {
        let server = try await RunningService.start(module: { EnvoyRenderer.envelope($0) })
        let port = server.address.port
        try await server.publish(Self.plan(1_000, port: port), 1)
        let (admin, listen, staging) = (try FreePort.one(), try FreePort.one(), try FreePort.one())
        let bootstrap = Bootstrap(
            node: "fra1",
            metadata: NodeMetadata(
                token: "secret-fra1", listen: [listen.description], staging: [staging.description],
                planFormats: [Int(PlanFormat.number)]),
            controlPlane: .init(.tcp(host: server.address.host, port: port)), admin: .loopback(port: admin.port),
            figuresSocket: nil)
        let library = try #require(Checkout.edgeModule())
        OpenDescriptors.keepFromPrograms()
        let envoy = try await EnvoyProcess.start(
            bootstrap: String(decoding: try bootstrap.json(), as: UTF8.self), admin: admin,
            modules: String(library[..<(library.lastIndex(of: "/") ?? library.startIndex)]),
            arguments: ["--reject-unknown-dynamic-fields"], within: .seconds(120))
        func get(_ host: String, _ headers: [(String, String)] = [], at place: HostPort? = nil) async throws -> String {
            try await RawHTTP.request(
                "GET", "/healthz", at: place ?? listen, host: host, headers: [("Connection", "close")] + headers
            ).text
        }
        func received() async throws -> Int {
            try await envoy.stats("cluster.xds.upstream_cx_rx_bytes_total").values.max() ?? 0
        }
        try await eventually(within: .seconds(90), "all zones") {
            await server.status(of: "fra1")?.plan(of: .production) == Given.digest(1)
        }
        #expect(await server.status(of: "fra1")?.description?.fetchesShards == true)
        let all = try await received()
        #expect(all > 2_000_000)

        // Mixed case, ports, trailing dots, wildcards; headers of the client change nothing.
        for host in [
            "zone-7.example", "ZONE-7.Example", "zone-7.example:8080", "zone-7.example.", "Zone-7.EXAMPLE.:99",
            "www.zone-7.example", "A.b.Zone-7.example",
        ] {
            #expect(try await get(host).hasPrefix("old of zone-7.example 0"), "\(host)")
            #expect(try await get(host, [("x-edge-shard", "p01")]).hasPrefix("old of zone-7.example 0"), "\(host)")
        }
        for host in ["unrelated.test", "other.co.uk", "a.wide", "a.b.WIDE", "zone-0.example"] {
            #expect(try await get(host).hasPrefix("old of zone-0.example"), "\(host)")
        }
        for host in ["www.unrelated.test", "wide", "example", "zone-1000.example", "127.0.0.1"] {
            #expect(try await get(host) == "no such host\n", "\(host)")
        }
        // A zone without rules goes to its origin, which sees nothing of the shard.
        #expect(try await get("zone-1.example") == "ok\n")
        // Networks are apart.
        #expect(try await get("zone-999.example", at: staging).hasPrefix("old of zone-999.example"))
        #expect(try await get("zone-7.example", at: staging) == "no such host\n")

        let before = try await received()
        try await server.publish(Self.plan(1_000, answering: [7: "new"], port: port), 2)
        try await eventually(within: .seconds(30), "the changed zone") {
            try await get("www.zone-7.example").hasPrefix("new")
        }
        try await eventually(within: .seconds(30), "its acceptance") {
            await server.status(of: "fra1")?.plan(of: .production) == Given.digest(2)
        }
        let one = try await received() - before
        print("1,000 zones: \(all) bytes; one changed: \(one) bytes")
        #expect(one > 3_000 && one * 30 < all)
        #expect(try await get("zone-8.example").hasPrefix("old"))

        // A new zone with a new host: neither listeners nor scopes nor other shards.
        let updates = try await envoy.stats("lds.update_success|scoped_rds.*update_success")
        try await server.publish(Self.plan(1_001, answering: [7: "new"], port: port), 3)
        try await eventually(within: .seconds(30), "the new zone") {
            try await get("zone-1000.example").hasPrefix("old")
        }
        #expect(try await envoy.stats("lds.update_success|scoped_rds.*update_success") == updates)
        #expect(try await received() - before - one < one * 2)
        #expect(try await envoy.stats("update_rejected").values.allSatisfy { $0 == 0 })
        await envoy.stop()
        try await server.stop()
    }
}

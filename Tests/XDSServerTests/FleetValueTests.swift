import EdgeModel
import EdgePlan
import FoundationEssentials
import Testing

@Suite("Fleet values")
struct FleetValueTests {
    private func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }
    private let node = "fra1".asName

    private func report(_ process: String = "1", hits: Int = 0, requests: Int = 0, refusals: [NodeReport.Refusal] = [])
        -> NodeReport
    {
        let id = ConfigurationID(rawValue: 456)
        return NodeReport(
            node: node, at: at(0), process: process, refusals: refusals,
            figures: NodeFigures(
                configurations: [
                    ConfigurationFigures(
                        configuration: id, application: "shop", version: 2, requests: requests,
                        statusClasses: [0, requests, 0, 0, 0],
                        latency: LatencyFigures(bounds: [10], counts: [requests, 0], total: requests * 5))
                ],
                rules: [RuleFigures(configuration: id, ref: "a", hits: hits)],
                clusters: [ClusterFigures(name: "o.1", requests: requests, endpoints: 2, healthy: 1)]))
    }

    @Test("Counters go on where a process ended and another began")
    func restart() {
        var ledger = FiguresLedger()
        ledger.take(report("1", hits: 5, requests: 10))
        ledger.take(report("1", hits: 7, requests: 20))
        ledger.take(report("2", hits: 1, requests: 3))
        #expect(ledger.totals.rules.map(\.hits) == [8])
        #expect(ledger.totals.configurations.map(\.requests) == [23])
        #expect(ledger.totals.configurations.first?.statusClasses == [0, 23, 0, 0, 0])
        #expect(
            ledger.totals.configurations.first?.latency == LatencyFigures(bounds: [10], counts: [23, 0], total: 115))
        #expect(ledger.totals.clusters.map(\.endpoints) == [2], "gauges are not added up")
    }

    @Test("A counter that alone begins anew, or is absent for a while, leaves the others as they are")
    func partialReset() {
        var ledger = FiguresLedger()
        ledger.take(report(hits: 50, requests: 100))
        ledger.take(report(hits: 2, requests: 110))
        #expect(ledger.totals.rules.map(\.hits) == [52] && ledger.totals.configurations.map(\.requests) == [110])
        var without = report(requests: 120)
        without.figures.rules = []
        ledger.take(without)
        #expect(ledger.totals.rules.map(\.hits) == [52])
        ledger.take(report(hits: 4, requests: 130))
        #expect(ledger.totals.rules.map(\.hits) == [54] && ledger.totals.configurations.map(\.requests) == [130])
    }

    @Test("A status tells what a node serves, how late it is and what it refused, with the reason whenever it comes")
    func status() throws {
        var fleet = FleetStatus()
        fleet.expect(Given.digest(1), in: .production, at: at(1_000))
        fleet.apply(FleetEvent(node: node, at: at(1_010), .seen(Given.node())))
        #expect(fleet.missing(Given.digest(1), in: .production, at: at(1_020)) == [node])
        fleet.apply(
            FleetEvent(node: node, at: at(1_050), .accepted(.productionRoutes, version: "v", plan: Given.digest(1))))
        let current = try #require(fleet.nodes[node])
        #expect(fleet.missing(Given.digest(1), in: .production, at: at(1_060)) == [])
        #expect(fleet.lag(of: current, in: .production, at: at(9_000)) == .current(after: 50))
        #expect(fleet.lag(of: current, in: .lower, at: at(9_000)) == .notServed)

        fleet.expect(Given.digest(2), in: .production, at: at(2_000))
        fleet.apply(
            FleetEvent(
                node: node, at: at(2_100), .refused(.productionRoutes, version: "w", plan: Given.digest(2), reason: nil)
            ))
        #expect(fleet.nodes[node]?.openRefusal(of: .production)?.reason == nil)
        fleet.apply(
            FleetEvent(
                node: node, at: at(2_200),
                .reported(report(refusals: [.init(kind: .productionRoutes, reason: "bad plan")]))))
        let behind = try #require(fleet.nodes[node])
        #expect(behind.openRefusal(of: .production)?.reason == "bad plan" && behind.openRefusal(of: .lower) == nil)
        #expect(fleet.lag(of: behind, in: .production, at: at(2_500)) == .behind(since: 500))
        fleet.apply(
            FleetEvent(node: node, at: at(3_000), .accepted(.productionRoutes, version: "x", plan: Given.digest(2))))
        #expect(fleet.nodes[node]?.openRefusal(of: .production) == nil)
    }

    @Test("A reason that was reported before the refusal was told is not lost, an old one is not taken for it")
    func reasonFirst() {
        for (delay, expected) in [(Int64(100), "bad plan" as String?), (20_000, nil)] {
            var status = NodeStatus(name: node, firstSeen: at(0))
            status.apply(
                FleetEvent(
                    node: node, at: at(1_000),
                    .reported(report(refusals: [.init(kind: .productionRoutes, reason: "bad plan")]))))
            status.apply(
                FleetEvent(
                    node: node, at: at(1_000 + delay), .refused(.productionRoutes, version: "w", plan: nil, reason: nil)
                ))
            #expect(status.lastRefusal?.reason == expected)
        }
    }

    @Test("Live is who asked within 40 seconds or reported within 10")
    func liveness() {
        var status = NodeStatus(name: node, firstSeen: at(0))
        status.apply(FleetEvent(node: node, at: at(0), .seen(Given.node())))
        #expect(status.isLive(at: at(40_000)) && !status.isLive(at: at(40_001)))
        status.apply(FleetEvent(node: node, at: at(41_000), .reported(report())))
        #expect(status.isLive(at: at(51_000)) && !status.isLive(at: at(51_001)))
        status.apply(FleetEvent(node: node, at: at(45_000), .lost))
        #expect(!status.isLive(at: at(45_000)))
    }

    @Test("Whoever merely claims a name does not become a node")
    func claimed() {
        var fleet = FleetStatus()
        fleet.apply(FleetEvent(node: node, at: at(0), .unauthorized))
        #expect(fleet.nodes.isEmpty)
    }

    @Test("A snapshot survives its way to another process")
    func coding() throws {
        var fleet = FleetStatus()
        fleet.apply(FleetEvent(node: node, at: at(5), .seen(Given.node(staging: ["[::1]:80"]))))
        fleet.apply(FleetEvent(node: node, at: at(6), .accepted(.lowerRoutes, version: "v", plan: Given.digest(3))))
        let snapshot = FleetSnapshot(at: at(7), status: fleet, figures: [node: report(hits: 3).figures])
        let bytes = try JSONEncoder().encode(snapshot)
        #expect(try JSONDecoder().decode(FleetSnapshot.self, from: bytes) == snapshot)
        #expect(String(decoding: bytes, as: UTF8.self).contains(#""fra1":{"#), "maps by name are objects")
    }

    @Test(
        "Addresses are IP and port, nothing else",
        arguments: [
            ("127.0.0.1:80", true), ("[::1]:65535", true), ("::1:80", false), ("example.com:80", false),
            ("127.0.0.1", false),
            ("127.0.0.1:0", false), ("127.0.0.1:65536", false), ("1.2.3:80", false), ("127.0.0.1\n:80", false),
            ("[1.2.3.4]:80", false), ("https://127.0.0.1:443", true), ("https+proxy://[::1]:443", true),
            ("http+proxy://127.0.0.1:80", true), ("ftp://127.0.0.1:80", false), ("https://https://127.0.0.1:80", false),
            ("https:127.0.0.1:443", false), ("proxy://127.0.0.1:80", false),
        ])
    func addresses(_ text: String, _ isAddress: Bool) {
        #expect((ListenAddress(text) != nil) == isAddress)
        if let address = ListenAddress(text) { #expect(address.description == text) }
    }
}

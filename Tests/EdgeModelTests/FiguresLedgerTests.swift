import EdgeModel
import EdgePlan
import Testing

@Suite("Counters across restarts")
struct FiguresLedgerTests {
    private func report(_ process: Int, _ count: Int) throws -> NodeReport {
        let latency = LatencyFigures(bounds: [1_000], counts: [count, count], total: count)
        return NodeReport(
            node: try #require(ResourceName(rawValue: "fra1")), at: Timestamp(milliseconds: 0), process: "\(process)",
            figures: NodeFigures(
                configurations: [
                    ConfigurationFigures(
                        configuration: ConfigurationID(rawValue: 1), requests: count,
                        statusClasses: [0, count, 0, 0, 0], latency: latency)
                ], rules: [RuleFigures(configuration: ConfigurationID(rawValue: 1), ref: "a", hits: count)],
                clusters: [ClusterFigures(name: "web", requests: count, failures: count, retries: count)]))
    }

    @Test func aNewProcessAddsToTheOldOne() throws {
        var ledger = FiguresLedger()
        for (process, count) in [(1, 5), (1, 7), (2, 3)] { ledger.take(try report(process, count)) }
        #expect(ledger.totals.configurations.first?.requests == 10)
        #expect(ledger.totals.rules.first?.hits == 10)
    }

    /// A node that says in every report that it began anew and has counted as much as can be: the sums stop, and what is
    /// shown of them can still be worked out.
    @Test func sumsStopBeforeTheyOverflow() throws {
        var ledger = FiguresLedger()
        var (meter, window) = (TrafficMeter(), LiveWindow())
        for process in 0..<2_000 {
            let report = try report(process, NodeFigures.mostCounted)
            ledger.take(report)
            window.take(meter.take(report, at: Timestamp(milliseconds: Int64(process) * 100)))
        }
        let total = try #require(ledger.totals.configurations.first)
        #expect(total.requests == NodeFigures.mostCounted && total.statusClasses[1] == NodeFigures.mostCounted)
        #expect(total.latency.count == 2 * NodeFigures.mostCounted)
        let figures = window.figures(at: Timestamp(milliseconds: 200_000))
        #expect(!figures.isEmpty && figures.allSatisfy { $0.perSecond >= 0 && $0.counts.requests >= 0 })
    }
}

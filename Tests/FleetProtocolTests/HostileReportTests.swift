import EdgeModel
import EdgePlan
import FleetProtocol
import Testing

/// Reports come from machines that may be in other hands: one with numbers that cannot be must not end the server.
@Suite("Reports that cannot be")
struct HostileReportTests {
    private func body(
        bounds: String = "[500,1000]", counts: String = "[1,2,3]", endpoints: String = "2", healthy: String = "1"
    ) -> [UInt8] {
        Array(
            """
            {"node":"fra1","at":"2026-11-21T12:00:00Z","process":"1:2","warmingClusters":0,"refusals":[],"restarts":0,
             "residentBytes":1,"figures":{"configurations":[{"configuration":1,"requests":6,"statusClasses":[0,6,0,0,0],
             "latency":{"bounds":\(bounds),"counts":\(counts),"total":9}}],"rules":[],"clusters":[{"name":"web","requests":1,
             "failures":0,"retries":0,"endpoints":\(endpoints),"healthy":\(healthy)}]}}
            """.utf8)
    }

    @Test func aSoundReportIsTakenAndShown() throws {
        let report = try #require(NodeReport(body: body()))
        var ledger = FiguresLedger()
        ledger.take(report)
        let page = FleetMetrics.text(
            FleetSnapshot(at: report.at, status: FleetStatus(), figures: [report.node: ledger.totals]))
        #expect(page.contains(#"le="0.001"} 3"#) && page.contains(#"health="unhealthy"} 1"#))
    }

    @Test func numbersThatCannotBeAreRefused() {
        let least = "-9223372036854775808"
        #expect(NodeReport(body: body(endpoints: least, healthy: "9223372036854775807")) == nil)
        #expect(NodeReport(body: body(endpoints: "1", healthy: "2")) == nil)
        #expect(NodeReport(body: body(bounds: "[-999999,5]")) == nil)
        #expect(NodeReport(body: body(bounds: "[1000,500]")) == nil)
        #expect(NodeReport(body: body(counts: "[1,2]")) == nil)
        #expect(NodeReport(body: body(counts: "[1,2,\(least)]")) == nil)
    }
}

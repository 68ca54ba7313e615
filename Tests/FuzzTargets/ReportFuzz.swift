import EdgeModel
import FleetProtocol
import FoundationEssentials

/// Reports of a node, a line each: taken one after another, added up, and shown.
enum ReportFuzz {
    static func run(_ bytes: [UInt8]) {
        var ledger = FiguresLedger()
        var (meter, window) = (TrafficMeter(), LiveWindow())
        for (index, line) in bytes.split(separator: 0x0A).prefix(8).enumerated() {
            guard let report = NodeReport(body: Array(line)) else { continue }
            let again = (try? JSONEncoder().encode(report)).flatMap { NodeReport(body: Array($0)) }
            hold(again == report, "a report is read as it was written")
            ledger.take(report)
            let now = Timestamp(milliseconds: Int64(index) * 5_000)
            window.take(meter.take(report, at: now))
            _ = window.figures(at: now)
            let figures = [report.node: ledger.totals]
            _ = FleetMetrics.text(FleetSnapshot(at: report.at, status: FleetStatus(), figures: figures))
        }
        let stored = try? JSONDecoder().decode(FiguresLedger.self, from: JSONEncoder().encode(ledger))
        hold(stored == ledger, "figures are kept as they are")
    }
}

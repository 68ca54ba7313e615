import ControlPlane
import EdgeModel
import EdgePlan
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// The last hour is looked at piece by piece.
struct LooksBackThroughTheLastHour {
    @Test func theLastHourIsLookedAtPieceByPiece() async throws {
        let shift = try NightShift.withShop()
        shift.traffic.withLock { $0 = [figures("shop", 2)] }
        let start = shift.now.advanced(byMilliseconds: -600_000)
        let buckets = (0..<60).map { TrafficBucket(containing: start.advanced(byMilliseconds: Int64($0) * 10_000)) }
        let records = buckets.enumerated().map { index, bucket in
            TrafficRecord(
                bucket, TrafficSubject(.version, "shop@2"),
                TrafficCounts(requests: 10 * (index + 1), statusClasses: [0, 0, 0, 0, index == 40 ? 50 : 0]))
        }
        var console = try await shift.operatorAt(size: TerminalSize(columns: 130, rows: 40))
        let history = TrafficHistory(of: .version, records, from: start, to: start.advanced(byMilliseconds: 600_000))
        console.simulator.send(.outcome(.history(.success(history))))
        let now = console.screen
        try await console.press(Array(repeating: "<", count: 19).joined(separator: " "))
        #expect(console.screen.contains("41/s  5xx 12 %"))
        #expect(console.message.contains("traffic of "), "also where there is no pane")
        try await console.press("} } }")
        await console.wait(4_000)
        #expect(console.screen == now)
    }
}

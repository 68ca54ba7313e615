import ControlPlane
import EdgeModel
import EdgePlan
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// The list of traffic is of the moment that is looked at.
struct ReadsTrafficOfAnEarlierMoment {
    @Test func theListOfTrafficIsOfTheMomentThatIsLookedAt() async throws {
        let shift = try NightShift.withShop()
        shift.traffic.withLock { $0 = [figures("shop", 2, perSecond: 20)] }
        var console = try await shift.operatorAt("traffic", size: TerminalSize(columns: 140, rows: 40))
        let start = Timestamp(milliseconds: 1_800_000_000_000 - 600_000)
        let records = (0..<60).map { index in
            TrafficRecord(
                TrafficBucket(containing: start.advanced(byMilliseconds: Int64(index) * 10_000)),
                TrafficSubject(.version, index < 58 ? "shop@1" : "shop@2"),
                TrafficCounts(requests: 70, statusClasses: [0, 70, 0, 0, 0]))
        }
        let history = TrafficHistory(of: .version, records, from: start, to: start.advanced(byMilliseconds: 600_000))
        console.simulator.send(.outcome(.history(.success(history))))
        #expect(console.rows.contains { $0.value.string.contains("shop@2") })
        try await console.press("{")
        #expect(console.rows.contains { $0.value.string.contains("shop@1") }, "\(console.screen)")
        #expect(!console.rows.contains { $0.value.string.contains("shop@2") })
        try await console.press("}")
        #expect(console.rows.contains { $0.value.string.contains("shop@2") })
    }
}

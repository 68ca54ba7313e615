import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// A line of each application's last hour, for eyes only.
struct SeesTheLastHourOfEachApplication {
    @Test func theLastHourIsDrawnBesideEachApplicationAndNotReadAloud() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt(size: TerminalSize(columns: 200, rows: 30))
        let records = (0..<360).map { place in
            TrafficRecord(
                TrafficBucket(containing: shift.now.advanced(byMilliseconds: Int64(place - 360) * 10_000)),
                TrafficSubject(.version, "shop@\(1 + place % 2)"), TrafficCounts(requests: place))
        }
        let history = TrafficHistory(
            of: .version, records, from: shift.now.advanced(byMilliseconds: -3_600_000), to: shift.now)
        console.simulator.send(.outcome(.history(.success(history))))
        #expect(console.screen.contains("LAST HOUR") && console.screen.contains("▁▁▁"))
        #expect(LastHour.byApplication(history)["shop"]?.requests == 359 * 360 / 2)
        #expect(console.rows.first?.value.string.contains("LAST HOUR") == false)
        console.simulator.send(.outcome(.theme(.success(Theme.base.resolve(.mono, isUnicode: false)), troubles: [])))
        await console.wait(0)
        console.simulator.send(.tick)
        #expect(!console.screen.contains("▁"), "a terminal that has no such characters gets others")
    }
}

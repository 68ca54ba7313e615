import ControlPlane
import EdgeModel
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// A server goes, its figures stay as stale ones; it comes, and they are live.
struct LosesTheServerAndGetsItBack {
    @Test func aServerThatGoesLeavesStaleFiguresAndOneThatComesMakesThemLive() async throws {
        let shift = try NightShift.withShop()
        shift.traffic.withLock { $0 = [figures("shop", 2, failing: 90)] }
        var console = try await shift.operatorAt(size: TerminalSize(columns: 120, rows: 40))
        #expect(console.screen.contains("● live"))
        // Nothing is told because nothing changes: that is no silence.
        await console.wait(3_600_000)
        #expect(console.screen.contains("● live") && !console.screen.contains("stale"))
        console.simulator.send(.outcome(.live(nil)))
        await console.wait(42_000)
        #expect(console.screen.contains("stale 42s"), "\(console.screen)")
        #expect(console.screen.contains("shop@2"), "what was known last is still there")
        console.simulator.send(.outcome(.live(shift.live)))
        #expect(console.screen.contains("● live"))
    }
}

import ControlPlane
import EdgeModel
import EdgePlan
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// Data that stopped coming is said to be old.
struct SeesThatDataStoppedComing {
    @Test func dataThatStoppedComingIsSaidToBeOld() async throws {
        let shift = try NightShift.withShop()
        shift.traffic.withLock { $0 = [figures("shop", 2)] }
        var console = try await shift.operatorAt(size: TerminalSize(columns: 130, rows: 36))
        #expect(console.screen.contains("● live"))
        console.simulator.send(.outcome(.live(nil)))
        await console.wait(5_001)
        #expect(!console.screen.contains("● live"))
        #expect(console.screen.contains("stale 5s"))
        #expect(console.screen.contains("shop@2"), "the last figures stay")
    }
}

import ControlPlane
import EdgeModel
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// Somebody reads figures that would be others in a second.
struct PausesTheDisplay {
    @Test func nothingMovesUntilItGoesOn() async throws {
        let shift = try NightShift.withShop()
        shift.traffic.withLock { $0 = [figures("shop", 2, perSecond: 20)] }
        var console = try await shift.operatorAt()
        try await console.press("z")
        #expect(console.screen.contains("paused"))
        let before = console.rows.first?.value
        console.simulator.send(.outcome(.live(picture([figures("shop", 2, perSecond: 77)]))))
        await console.wait(2_000)
        #expect(console.rows.first?.value == before)
        try await console.press("z")
        console.simulator.send(.outcome(.live(picture([figures("shop", 2, perSecond: 77)]))))
        #expect(console.screen.contains("77"))
        #expect(!console.screen.contains("paused"))
    }
}

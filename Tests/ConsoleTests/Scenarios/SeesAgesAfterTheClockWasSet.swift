import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// Somebody sets the machine's clock, and ages move with it.
struct SeesAgesAfterTheClockWasSet {
    @Test func aClockThatIsSetMovesAgesWithIt() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt("deployments")
        #expect(console.rows.first?.value.string.contains("1h") == true, "\(console.screen)")
        // Somebody sets the wall clock a day on; the console's own time has not moved.
        shift.advance(seconds: 86_400)
        try shift.draft("shop", note: "so that there is something to read", path: "/x")
        console.simulator.send(.outcome(.stateChanged))
        await console.simulator.settle(console.handler)
        #expect(console.rows.first?.value.string.contains("1d") == true, "\(console.screen)")
    }
}

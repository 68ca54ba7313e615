import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// The newest stays in view until somebody moves.
struct FollowsTheNewest {
    @Test func theNewestStaysInViewUntilSomebodyMoves() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt("audit")
        #expect(console.screen.contains("following"))
        try await console.press("j")
        #expect(!console.screen.contains("following"))
        let before = console.rows.first { $0.isSelected }?.label
        try shift.draft("shop", note: "new", path: "/new")
        console.simulator.send(.outcome(.stateChanged))
        await console.wait(6_000)
        console.simulator.send(.tick)
        #expect(console.rows.first { $0.isSelected }?.label == before, "it stays on its row")
        try await console.press("f")
        #expect(console.rows.first?.isSelected == true)
        try shift.draft("shop", note: "newer", path: "/newer")
        console.simulator.send(.outcome(.stateChanged))
        await console.wait(0)
        #expect(console.rows.first?.isSelected == true, "on the one that just came")
        try await console.press("g n f")
        #expect(console.message.contains("newest come first"))
    }
}

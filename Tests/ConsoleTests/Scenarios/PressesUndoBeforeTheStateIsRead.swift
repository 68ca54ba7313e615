import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// A key that comes before the state was read waits for it.
struct PressesUndoBeforeTheStateIsRead {
    @Test func aKeyBeforeTheStateWasReadWaitsForIt() async throws {
        let shift = try NightShift.withAChange()
        let setup = ConsoleModel.Setup(
            state: "/state.db", context: "edge1", isReadOnly: false, theme: .plain(.indexed256), startedAt: shift.now,
            actor: "ada")
        var simulator = Simulator<Console>(ConsoleModel(setup), size: TerminalSize(columns: 100, rows: 30))
        simulator.send(.started)
        try simulator.press("u")
        #expect(simulator.access.first(.dialog) == nil)
        await simulator.settle(ConsoleHandler(shift.services()))
        #expect(simulator.text.contains("undo deployment"))
    }
}

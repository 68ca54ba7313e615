import ControlPlane
import EdgeModel
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// The next console begins with the columns of this one.
struct FindsChosenColumnsTomorrow {
    @Test func chosenColumnsAreThoseOfTheNextConsole() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt(size: TerminalSize(columns: 110, rows: 30))
        try await console.press("C j j Space")
        #expect(shift.kept.withLock(\.count) == 0, "not while one chooses")
        try await console.press("Esc")
        #expect(shift.kept.withLock(\.self) == [.hidden(["production"], kind: "applications")])
        #expect(console.message.contains("kept in"))
        try await console.press("C Esc")
        #expect(shift.kept.withLock(\.count) == 1, "nothing was chosen")

        var setup = console.simulator.model.setup
        setup.hidden = ["applications": ["latest"]]
        let next = ConsoleModel(setup)
        #expect(next.hidden == ["applications": ["latest"]])
    }
}

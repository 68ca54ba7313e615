import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// What was done here is taken back from any list.
struct UndoesFromAnotherScreen {
    @Test func uTakesBackWhatWasDoneHereWhereverTheCursorIs() async throws {
        let shift = try NightShift.withShop()
        for index in 1...3 { try shift.application("app-\(index)", zone: "zone\(index).example") }
        var console = try await shift.operatorAt()
        try await console.press("/")
        await console.type("shop")
        try await console.press("Enter b")
        await console.wait(300)
        try await console.press("y Esc g n u")
        #expect(console.screen.contains("undo deployment"))
        await console.wait(300)
        try await console.press("y")
        #expect(try shift.served("shop") == 2)
    }
}

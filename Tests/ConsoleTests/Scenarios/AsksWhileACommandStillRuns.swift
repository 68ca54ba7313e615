import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// The answer of a command waits behind a question.
struct AsksWhileACommandStillRuns {
    @Test func whatACommandPrintsDoesNotTakeTheQuestionsPlace() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try console.simulator.press(":")
        console.simulator.type("rule list")
        try console.simulator.press("Enter b")
        await console.simulator.settle(console.handler)
        #expect(console.dialog?.id == "change.1")
        try await console.press("Esc")
        #expect(console.screen.contains("said by rule list"))
    }
}

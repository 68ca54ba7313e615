import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// A change of something else leaves a question alone.
struct AnswersWhileANodeIsAdded {
    @Test func aChangeThatDoesNotTouchItLeavesAQuestionAlone() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press("p")
        await console.wait(400)
        _ = try shift.plane().createNode(name("fra1"), region: "fra")
        console.simulator.send(.outcome(.stateChanged))
        await console.simulator.settle(console.handler)
        if console.screen.contains("warning") { try await console.press("w") }
        try await console.press("y")
        #expect(try shift.served("shop") == 3, "it is not deaf again")
    }
}

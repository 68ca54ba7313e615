import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// Who presses yes before there is anything to say yes to has said nothing.
struct PressesYesWhileThePlanIsMade {
    @Test func keysPressedWhileThePlanIsMadeConfirmNothing() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try console.simulator.press("b")
        console.simulator.advance(milliseconds: 5_000)
        try console.simulator.press("y w s f y")
        // Only now the plan comes, and the next key was on its way already.
        await console.simulator.settle(console.handler)
        try await console.press("y")
        #expect(try shift.served("shop") == 2)
        await console.wait(300)
        try await console.press("y")
        #expect(try shift.served("shop") == 1)
    }
}

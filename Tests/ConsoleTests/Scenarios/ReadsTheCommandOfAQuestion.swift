import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// What is shown as a command does what the question asks.
struct ReadsTheCommandOfAQuestion {
    @Test func theCommandThatIsShownMeansThisStateAndThisPlan() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press("b")
        let plan = try shift.plane().plan(
            .rollback(application: name("shop"), environment: name("production"), to: nil))
        #expect(console.screen.contains("= signalbox rollback shop --env production --plan \(plan.checksum.short)"))
    }
}

import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// A `--yes` out of habit spares nobody the plan.
struct TypesYesBehindACommand {
    @Test func aYesThatIsTypedSparesNobodyThePlan() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press(":")
        await console.type("rule pin shop shop@1 --yes")
        try await console.press("Enter")
        #expect(console.dialog != nil)
        try await console.press("Esc :")
        await console.type("rollback shop --yes")
        try await console.press("Enter")
        #expect(console.dialog?.id == "change.1")
        #expect(try shift.served("shop") == 2)
    }
}

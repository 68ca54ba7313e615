import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// Opened at an environment, commands mean that one.
struct RollsBackStagingFromTheCommandBar {
    @Test func commandsMeanTheEnvironmentThatIsShown() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt("staging/shop")
        try await console.press(":")
        await console.type("rollback shop")
        try await console.press("Enter")
        #expect(console.screen.contains("roll back to shop@2 in staging (now shop@3)"))
    }
}

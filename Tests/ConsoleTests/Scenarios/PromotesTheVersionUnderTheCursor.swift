import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// In the list of versions a key means the version, not the application.
struct PromotesTheVersionUnderTheCursor {
    @Test func whoNamesAVersionMeansThatOne() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt("shop")
        try await console.press("j p")
        #expect(console.dialog == nil)
        #expect(console.message.contains("staging serves shop@3, not shop@2"))
        try await console.press("k p")
        #expect(console.screen.contains("promote shop@3 to production"))
        try await console.press("Esc b")
        #expect(console.message.contains("shop@3 was never in production"))
        try await console.press("j j b")
        #expect(console.screen.contains("roll back to shop@1 in production"))
    }
}

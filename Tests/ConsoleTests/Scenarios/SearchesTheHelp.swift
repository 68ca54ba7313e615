import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// Letters in help search, and do nothing else.
struct SearchesTheHelp {
    @Test func lettersInHelpOnlyType() async throws {
        var console = try await NightShift.withShop().operatorAt()
        try await console.press("? q u i t")
        #expect(console.screen.contains("search: quit"))
        #expect(console.screen.contains("Q"))
        try await console.press("Esc")
        #expect(console.dialog == nil)
    }
}

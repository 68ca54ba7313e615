import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// A change of a lower environment is undone from its application.
struct UndoesStagingFromItsApplication {
    @Test func aChangeOfALowerEnvironmentIsUndoneFromItsApplication() async throws {
        var console = try await NightShift.withAChange().operatorAt()
        try #require(console.selected != nil)
        try await console.press("/ b l o Enter u")
        #expect(console.screen.contains("undo deployment") && console.screen.contains("staging"))
        #expect(console.dialog?.id.hasPrefix("change") == true)
    }
}

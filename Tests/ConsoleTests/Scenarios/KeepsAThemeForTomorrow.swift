import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// A theme that was chosen is that of the next console.
struct KeepsAThemeForTomorrow {
    @Test func theThemeThatWasChosenIsKept() async throws {
        var console = try await NightShift.withShop().operatorAt()
        try await console.press("T j Enter")
        #expect(console.message.contains("theme edge-dark, kept in ~/.config/signalbox/console.toml"))
    }
}

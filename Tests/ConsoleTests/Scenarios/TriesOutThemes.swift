import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// Themes are seen while they are chosen.
struct TriesOutThemes {
    @Test func themesAreSeenWhileTheyAreChosen() async throws {
        var console = try await NightShift.withShop().operatorAt()
        try await console.press("T j")
        #expect(console.simulator.theme.name == "edge-dark")
        try await console.press("j")
        #expect(console.message.contains("line 3"), "what is wrong with the file")
        try await console.press("Esc")
        #expect(console.simulator.theme.name == "plain")
        try await console.press("T j Enter")
        #expect(console.simulator.theme.name == "edge-dark")
    }
}

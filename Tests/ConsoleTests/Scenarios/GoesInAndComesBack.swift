import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// Enter goes in, and Esc comes back to where it was left.
struct GoesInAndComesBack {
    @Test func enterGoesInAndEscComesBack() async throws {
        var console = try await NightShift.withShop().operatorAt()
        try await console.press("Enter")
        #expect(console.labels == ["@3", "@2", "@1"])
        try await console.press("j Enter")
        #expect(console.simulator.model.screen.place == .version(try name("shop"), 2))
        #expect(console.rows.count == 4, "three redirects and an origin")
        try await console.press("Esc")
        #expect(console.selected == "@2", "where it was left")
        try await console.press("Esc Esc Esc")
        #expect(console.simulator.model.screen.place == .applications)
        #expect(console.simulator.status == nil, "Esc never quits")
    }
}

import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// What would a promotion bring? One key shows it before anybody asks for one.
struct ComparesStagingWithProduction {
    @Test func dShowsWhatStagingHasMore() async throws {
        var console = try await NightShift.withShop().operatorAt()
        try await console.press("d")
        #expect(console.simulator.model.screen.place.path == "diff/shop@2/shop@3")
        #expect(console.screen.contains("+ to-campaign-3"))
        #expect(!console.screen.contains("+ to-campaign-2"), "production has that one")
        try await console.press("Esc")
        #expect(console.simulator.model.screen.place == .versions(try name("shop")), "whose versions they are")
    }
}

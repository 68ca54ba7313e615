import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// Production serves the newest version since a minute and something is wrong: what came with it is one key away.
struct SeesWhatThePromotionBrought {
    @Test func theServedVersionIsComparedWithTheOneBefore() async throws {
        let shift = try NightShift.withShop()
        try shift.apply(.promote(application: name("shop"), to: name("production")))
        var console = try await shift.operatorAt()
        try await console.press("d")
        let shop = try name("shop")
        #expect(console.simulator.model.screen.place == .difference(.init(shop, 2), .init(shop, 3)))
    }
}

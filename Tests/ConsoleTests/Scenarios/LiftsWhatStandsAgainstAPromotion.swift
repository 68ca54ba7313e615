import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// What stands against a promotion is ticked off one by one.
struct LiftsWhatStandsAgainstAPromotion {
    @Test func whatStandsAgainstAPromotionHasToBeLifted() async throws {
        let shift = try NightShift.withShop()
        // Somebody promotes another way meanwhile: version 4 was not made from what production serves now.
        var console = try await shift.operatorAt()
        try await console.press("p")
        await console.wait(300)
        let obstacles = console.dialog?.children.filter { $0.kind == .item && !$0.isSelected } ?? []
        try await console.press("y")
        #expect(try shift.served("shop") == (obstacles.isEmpty ? 3 : 2))
    }
}

import ControlPlane
import EdgeModel
import StoreContract
import TerminalUI
import Testing

@testable import Console

/// The first rule that holds decides, so their order is seen and changed.
struct OrdersRoutingRules {
    @Test func aRuleIsMovedPastTheNextAfterAQuestion() async throws {
        let shift = try NightShift.withShop()
        try shift.application("blog", zone: "blog.example")
        var console = try await shift.operatorAt("routing")
        func order() throws -> [String] { try shift.store.read { try $0.routingRules() }.map(\.name.rawValue) }
        #expect(try order() == ["shop", "blog"])
        try await console.press("J")
        #expect(console.dialog?.id.hasPrefix("change") == true)
        #expect(try order() == ["shop", "blog"], "asked first")
        await console.wait(300)
        try await console.press("y")
        #expect(try order() == ["blog", "shop"])
        #expect(console.first(["shop", "blog"]) == "blog", "\(console.screen)")
        #expect(console.rows.first(where: \.isSelected)?.value.string.contains("shop") == true, "the cursor goes along")
    }
}

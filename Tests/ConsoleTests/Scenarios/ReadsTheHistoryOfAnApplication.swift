import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// The history of an application is its own.
struct ReadsTheHistoryOfAnApplication {
    @Test func theHistoryOfAnApplicationIsItsOwn() async throws {
        let shift = try NightShift.withShop()
        try shift.application("blog", zone: "blog.example")
        var console = try await shift.operatorAt("shop")
        try await console.press("H")
        #expect(console.simulator.model.screen.place.path == "applications/shop/history")
        #expect(!console.rows.isEmpty && console.rows.allSatisfy { $0.value.string.contains("shop") })
    }
}

import ControlPlane
import EdgeModel
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// The map leads from a zone to a version.
struct GoesFromZoneToVersionOnTheMap {
    @Test func theMapLeadsFromZoneToVersion() async throws {
        let shift = try NightShift.withShop()
        shift.traffic.withLock { $0 = [figures("shop", 2, failing: 90)] }
        var console = try await shift.operatorAt("map")
        let tree = try #require(console.simulator.access.first(.tree))
        #expect(tree.children.map(\.label.string).contains { $0.hasPrefix("✗ example.com") }, "the worst comes up")
        try await console.press("j j")
        #expect(console.simulator.model.screen.map.selected == "applications/shop/versions/3")
        try await console.press("k b")
        #expect(console.dialog != nil, "what can be done with an application can be done here")
        try await console.press("Esc j j Enter")
        #expect(console.simulator.model.screen.place == .version(try name("shop"), 2))
    }
}

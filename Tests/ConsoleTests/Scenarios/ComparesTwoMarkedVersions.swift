import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// Two rows are marked, and one key shows what lies between them.
struct ComparesTwoMarkedVersions {
    @Test func twoMarkedVersionsAreCompared() async throws {
        var console = try await NightShift.withShop().operatorAt("shop")
        try await console.press("Space Space p")
        #expect(console.dialog == nil, "changes are made one by one")
        try await console.press("d")
        #expect(console.simulator.model.screen.place.path == "diff/shop@2/shop@3")
    }
}

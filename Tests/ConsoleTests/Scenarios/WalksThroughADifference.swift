import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// One key goes from change to change.
struct WalksThroughADifference {
    @Test func changesOfADifferenceAreWalked() async throws {
        var console = try await NightShift.withShop().operatorAt("diff/shop@1/shop@3")
        #expect(console.screen.contains("+ to-campaign-2") && console.screen.contains("+ to-campaign-3"))
        #expect(console.screen.contains("2 changes"))
        try await console.press("n")
        #expect(console.screen.contains("change 1 of 2"))
        try await console.press("n")
        #expect(console.screen.contains("change 2 of 2"))
        try await console.press("n N")
        #expect(console.screen.contains("change 1 of 2"))
    }
}

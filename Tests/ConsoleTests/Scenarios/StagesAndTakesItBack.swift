import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// Staging is done at once, and one key takes it back.
struct StagesAndTakesItBack {
    @Test func stagingIsDoneAtOnceAndUTakesItBack() async throws {
        let shift = try NightShift.withShop()
        try shift.draft("shop", note: "to be tried", path: "/try")
        var console = try await shift.operatorAt("shop")
        try await console.press("a")
        #expect(console.dialog == nil)
        #expect(try shift.served("shop", in: "staging") == 4)
        #expect(console.message.contains("put shop@4 into staging"))
        #expect(console.message.contains("u undoes it"))
        try await console.press("u")
        await console.wait(300)
        try await console.press("y")
        #expect(try shift.served("shop", in: "staging") == 3)
    }
}

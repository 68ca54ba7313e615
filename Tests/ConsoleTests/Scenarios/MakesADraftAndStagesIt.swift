import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// Whoever makes a draft edits and stages that one, and not the version that it was made of.
struct MakesADraftAndStagesIt {
    @Test func theCursorGoesToTheDraftThatWasMade() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt("shop")
        try await console.press("j")
        #expect(console.selected == "@2")
        try await console.press("c")
        #expect(console.selected == "@4")
        try await console.press("j c k")
        #expect(console.selected == "@5", "from @3 below it to the newest, and that is the first")
        try await console.press("a")
        #expect(try shift.served("shop", in: "staging") == 5)
    }
}

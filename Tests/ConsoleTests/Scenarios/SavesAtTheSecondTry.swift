import ControlPlane
import EdgeModel
import EdgePlan
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// A text that cannot be saved is kept and offered again.
struct SavesAtTheSecondTry {
    @Test func anEditThatCannotBeSavedIsOfferedAgain() async throws {
        let shift = try NightShift.withShop()
        try shift.draft("shop", note: "to be edited", path: "/edit")
        var console = try await shift.operatorAt("shop")
        let seen = Box("")
        shift.edits.withLock {
            $0 = [
                { $0.replacing("/edit\"", with: "/edit\" and") },
                { text in
                    seen.set(text)
                    return text.replacing("/edit\" and", with: "/edited\"")
                },
            ]
        }
        try await console.press("e")
        #expect(console.screen.contains("nothing is lost"))
        #expect(console.screen.contains("^"), "the caret")
        try await console.press("e")
        #expect(seen.value.contains("/edit\" and"), "the refused text is there again")
        let version = try #require(try shift.plane().versions(of: name("shop")).last?.version)
        #expect(
            try shift.plane().configuration(of: version).rules(in: .dynamicRedirect).last?.expression.contains(
                "/edited") == true)
        #expect(console.simulator.model.screen.place.path == "diff/shop@2/shop@4", "the difference is shown")
    }
}

import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// One's own last change is undone from anywhere.
struct UndoesHerLastChangeFromAnywhere {
    @Test(arguments: ["shop", "nodes", "audit", "zones/example.com"])
    func onesOwnLastChangeIsUndoneFromAnywhere(place: String) async throws {
        let shift = try NightShift.withAChange()
        var console = try await shift.operatorAt(place)
        try await console.press("u")
        #expect(console.screen.contains("blog@2"), "\(console.screen)")
        await console.wait(300)
        try await console.press("y")
        #expect(try shift.served("blog", in: "staging") == 1)
    }
}

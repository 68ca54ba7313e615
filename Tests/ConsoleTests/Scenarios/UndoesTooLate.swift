import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// After five minutes there is nothing to undo, and that is said.
struct UndoesTooLate {
    @Test func afterFiveMinutesItSaysSo() async throws {
        let shift = try NightShift.withAChange()
        shift.advance(seconds: 301)
        var console = try await shift.operatorAt("nodes")
        try await console.press("u")
        #expect(console.dialog == nil)
        #expect(console.message.contains("last 5 minutes"))
    }
}

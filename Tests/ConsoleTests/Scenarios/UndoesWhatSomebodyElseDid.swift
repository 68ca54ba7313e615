import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// Another person's change is named, and undone from its row.
struct UndoesWhatSomebodyElseDid {
    @Test func anotherPersonsChangeIsNamedAndUndoneFromItsRow() async throws {
        var console = try await NightShift.withAChange(as: "grace").operatorAt("nodes")
        try await console.press("u")
        #expect(console.dialog == nil)
        #expect(console.message.contains("grace") && console.message.contains("g d and u"))
        try await console.press("g d u")
        #expect(console.dialog?.id.hasPrefix("change") == true)
    }
}

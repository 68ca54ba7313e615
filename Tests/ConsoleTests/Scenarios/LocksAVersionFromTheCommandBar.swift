import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// What cannot be taken back has to be typed, also as a command.
struct LocksAVersionFromTheCommandBar {
    @Test func whatCannotBeTakenBackIsTypedAlsoAsACommand() async throws {
        let shift = try NightShift.withShop()
        try shift.draft("shop", note: "to be locked", path: "/lock")
        var console = try await shift.operatorAt()
        try await console.press(":")
        await console.type("version lock shop@4")
        try await console.press("Enter")
        #expect(console.dialog?.id == "typed")
    }
}

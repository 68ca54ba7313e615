import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// What cannot be taken back has to be typed.
struct LocksAVersionByTypingItsName {
    @Test func whatCannotBeTakenBackHasToBeTyped() async throws {
        let shift = try NightShift.withShop()
        try shift.draft("shop", note: "to be locked", path: "/lock")
        var console = try await shift.operatorAt("shop")
        try await console.press("L")
        await console.wait(300)
        await console.type("shop@")
        try await console.press("Enter")
        #expect(try shift.plane().versions(of: name("shop")).last?.version.state == .draft)
        await console.type("4")
        try await console.press("Enter")
        #expect(try shift.plane().versions(of: name("shop")).last?.version.state == .locked)
    }
}

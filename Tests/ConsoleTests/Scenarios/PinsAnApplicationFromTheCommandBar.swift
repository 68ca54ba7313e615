import ControlPlane
import EdgeModel
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// A command that changes something is asked about as a key is.
struct PinsAnApplicationFromTheCommandBar {
    @Test func aCommandThatAsksIsAskedAboutHere() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press(":")
        await console.type("rule pin shop shop@1")
        try await console.press("Enter")
        #expect(console.dialog?.label.string == "pin shop to shop@1")
        #expect(console.screen.contains("+ use shop@1"))
        #expect(console.screen.contains("= signalbox rule pin shop shop@1 --yes --plan abababababab"))
        try await console.press("y")
        #expect(shift.commands.withLock(\.count) == 1, "too early")
        await console.wait(300)
        try await console.press("y")
        #expect(
            shift.commands.withLock(\.last) == ["rule", "pin", "shop", "shop@1", "--yes", "--plan", "abababababab"])
    }
}

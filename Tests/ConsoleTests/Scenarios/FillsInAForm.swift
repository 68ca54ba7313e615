import ControlPlane
import EdgeModel
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// A form makes a command and says what is missing.
struct FillsInAForm {
    @Test func aFormMakesACommandAndSaysWhatIsMissing() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt("lists")
        try await console.press("+ Tab Tab Enter")
        #expect(console.screen.contains("is needed"))
        await console.type("office")
        #expect(console.screen.contains("= signalbox list create office --kind ip"))
        try await console.press("Tab Tab")
        await console.type("192.0.2.0/24 198.51.100.7")
        try await console.press("Enter")
        #expect(
            shift.commands.withLock(\.self) == [
                ["list", "create", "office", "--kind", "ip", "192.0.2.0/24", "198.51.100.7"]
            ])
    }
}

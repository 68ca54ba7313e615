import ControlPlane
import EdgeModel
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// In a console that only reads no key changes anything.
struct LooksWithoutTheRightToChange {
    @Test func nothingChangesInAConsoleThatOnlyReads() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt(readOnly: true)
        try await console.press("b")
        #expect(console.message.contains("only reads"))
        #expect(console.message.contains("signalbox rollback shop --env production"))
        await console.wait(1_000)
        try await console.press("y")
        #expect(try shift.served("shop") == 2)
        try await console.press(":")
        await console.type("rule disable shop")
        try await console.press("Enter")
        #expect(console.dialog == nil)
        try await console.press(":")
        await console.type("node remove fra1")
        try await console.press("Enter")
        #expect(shift.commands.withLock(\.self).isEmpty)
    }
}

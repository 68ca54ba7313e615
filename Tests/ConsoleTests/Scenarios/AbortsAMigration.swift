import ControlPlane
import EdgeModel
import ImageSourcing
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// An end is typed, and what is at its end has none.
struct AbortsAMigration {
    @Test func anEndIsTypedAndWhatIsAtItsEndHasNone() async throws {
        let shift = try NightShift.withImages()
        var console = try await shift.operatorAt("images/3")
        try await console.press("A")
        #expect(console.dialog?.id == "typed")
        #expect(console.screen.contains("= signalbox images abort 3"))
        await console.wait(500)
        try await console.press("Enter")
        #expect(shift.commands.withLock(\.count) == 0)
        await console.type("run 3")
        try await console.press("Enter")
        #expect(shift.commands.withLock(\.self) == [["images", "abort", "3"]])
        console = try await shift.operatorAt("images/1")
        try await console.press("A")
        #expect(console.dialog == nil)
        #expect(console.message.contains("run 1 is completed"))
    }
}

import ControlPlane
import EdgeModel
import ImageSourcing
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// Who only reads changes no migration.
struct LooksAtMigrationsWithoutTheRight {
    @Test func whoOnlyReadsChangesNothing() async throws {
        let shift = try NightShift.withImages()
        var console = try await shift.operatorAt("images/3", readOnly: true)
        try await console.press("o A + r")
        #expect(console.dialog == nil)
        #expect(shift.commands.withLock(\.count) == 0)
        try await console.press(":")
        await console.type("images survey press")
        try await console.press("Enter")
        #expect(shift.commands.withLock(\.self) == [["images", "survey", "press"]])
    }
}

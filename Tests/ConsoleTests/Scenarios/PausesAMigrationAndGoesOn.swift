import ControlPlane
import EdgeModel
import ImageSourcing
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// One key pauses a migration and lets it go on.
struct PausesAMigrationAndGoesOn {
    @Test func oneKeyPausesAndGoesOn() async throws {
        let shift = try NightShift.withImages()
        var console = try await shift.operatorAt("images")
        #expect(console.rows.count == 4)
        try await console.press("o Esc")
        try await console.press("j o")
        #expect(console.message.contains("run 3 will pause"))
        #expect(shift.commands.withLock(\.self) == [["images", "resume", "4"], ["images", "pause", "3"]])
        try await console.press("@")
        #expect(console.screen.contains("signalbox images pause 3"))
    }
}

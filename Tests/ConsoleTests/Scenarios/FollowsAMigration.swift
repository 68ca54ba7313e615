import ControlPlane
import EdgeModel
import ImageSourcing
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// A run is followed while somebody looks.
struct FollowsAMigration {
    @Test func aRunThatGoesOnIsFollowedWhileSomebodyLooks() async throws {
        let shift = try NightShift.withImages()
        var console = try await shift.operatorAt("images/3", size: TerminalSize(columns: 120, rows: 40))
        #expect(console.screen.contains("812/s"))
        shift.goOn(3, perSecond: 406, listed: 10_100)
        await console.wait(1_100)
        #expect(console.screen.contains("406/s"))
        #expect(console.screen.contains("10100"))
        #expect(console.screen.contains("█▄"), "its rates as a line")
        try await console.press("z")
        shift.goOn(3, perSecond: 77, listed: 10_200)
        await console.wait(1_100)
        #expect(!console.screen.contains("77/s"), "the display is paused")
        try await console.press("z")
        await console.wait(1_100)
        #expect(console.screen.contains("77/s"))
        try await console.press("g n")
        let reads = shift.ledgerReads.withLock(\.self)
        await console.wait(5_000)
        #expect(shift.ledgerReads.withLock(\.self) == reads, "nobody looks any more")
    }
}

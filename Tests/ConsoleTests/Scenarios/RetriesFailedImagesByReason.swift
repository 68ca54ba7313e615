import ControlPlane
import EdgeModel
import ImageSourcing
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// Failed images are tried again, all or those of one reason.
struct RetriesFailedImagesByReason {
    @Test func failedOnesAreTriedAgainByReason() async throws {
        let shift = try NightShift.withImages()
        var console = try await shift.operatorAt("images/3", size: TerminalSize(columns: 120, rows: 40))
        try await console.press("r")
        #expect(console.message.contains("under way"))
        console = try await shift.operatorAt("images/2", size: TerminalSize(columns: 120, rows: 40))
        try await console.press("r Esc G k k k")
        #expect(console.simulator.model.screen.selected == "throttled")
        try await console.press("r")
        #expect(
            shift.commands.withLock(\.self) == [
                ["images", "retry", "2"], ["images", "retry", "2", "--reason", "throttled"],
            ])
    }
}

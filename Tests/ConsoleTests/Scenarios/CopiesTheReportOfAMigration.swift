import ControlPlane
import EdgeModel
import ImageSourcing
import TerminalUI
import Testing

@testable import Console

/// Of a run the command of its report is copied.
struct CopiesTheReportOfAMigration {
    @Test func theReportIsCopied() async throws {
        var console = try await NightShift.withImages().operatorAt("images/3")
        try await console.press("y")
        #expect(console.simulator.copied.last == "signalbox images report 3")
        console = try await NightShift.withImages().operatorAt("images")
        try await console.press("j y")
        #expect(console.simulator.copied.last == "signalbox images report 3")
    }
}

import ControlPlane
import EdgeModel
import MailRouting
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// Promotion of mail rules and the way back are commands of the command line.
struct PromotesMailRulesAndRollsThemBack {
    @Test func promotionAndTheWayBackAreTheCommandsOfTheCommandLine() async throws {
        let shift = try NightShift.withMail()
        var console = try await shift.operatorAt("email/example.com")
        try await console.press("p Esc b")
        #expect(
            shift.commands.withLock(\.self) == [
                ["email", "promote", "example.com"], ["email", "rollback", "example.com"],
            ])
        console = try await shift.operatorAt("email")
        try await console.press("j p")
        #expect(console.message.contains("sale.example has no draft to promote"))
    }
}

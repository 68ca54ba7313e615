import ControlPlane
import EdgeModel
import MailRouting
import TerminalUI
import Testing

@testable import Console

/// Figures of mail move without a change of the state.
struct SeesMailFiguresMove {
    @Test func figuresMoveWithoutAChangeOfTheState() async throws {
        let shift = try NightShift.withMail()
        var console = try await shift.operatorAt("email/example.com", size: TerminalSize(columns: 120, rows: 30))
        #expect(console.row("ops@dest.example").contains(" 6 "))
        try shift.receive(
            "one-more", ago: 0, from: "x@friend.example", to: "support@example.com", rule: "support", .forward)
        console.simulator.send(.outcome(.stateChanged))
        await console.simulator.settle(console.handler)
        #expect(console.row("ops@dest.example").contains(" 7 "))
    }
}

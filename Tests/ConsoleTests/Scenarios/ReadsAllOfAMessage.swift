import ControlPlane
import EdgeModel
import MailRouting
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// Everything that is known of a message is one key away.
struct ReadsAllOfAMessage {
    @Test func enterShowsWhatIsKnownOfAMessage() async throws {
        let shift = try NightShift.withMail()
        try shift.receive(
            "bounce", ago: 5, from: "fay@friend.example", to: "desk@example.com", rule: "desk", .worker,
            subject: "about the order of last week",
            delivered: (
                "desk@slow.example", .bounced,
                "550 5.2.2 The mailbox of the person that you write to is full, and nobody empties it \u{1b}[31mnow"
            ),
            worker: MailWorkerResult(
                worker: try name("screener"), rule: "desk", verdict: nil, failure: "it did not end in time",
                milliseconds: 5_000))
        var console = try await shift.operatorAt("activity", size: TerminalSize(columns: 80, rows: 24))
        try await console.press("Enter")
        let screen = console.screen
        for words in [
            "desk@example.com", "fay@friend.example", "about the order of last week", "spf=pass dkim=fail",
            "worker", "desk  of example.com@1", "no verdict: it did not end in time  after 5000 ms", "bounced",
            "desk@slow.example", "full, and nobody", "mx.slow.example[192.0.2.1]:25", "5s ago", "Qbounce",
        ] {
            #expect(screen.contains(words), "\(words) in \(screen)")
        }
        // It stays when more comes than a list has, and its sender can be blocked from there.
        #expect(!screen.contains("\u{1b}"))
        try await console.press("B")
        #expect(console.dialog?.id == "ask" && console.screen.contains("fay@friend.example"))
        try await console.press("Esc Esc")
        #expect(console.rows.count == 12)
    }

    @Test func aMessageThatIsForgottenSaysSo() async throws {
        let console = try await NightShift.withMail().operatorAt("activity/Qgone/x@example.com/1")
        #expect(console.screen.contains("it is not kept any more"), "\(console.screen)")
    }
}

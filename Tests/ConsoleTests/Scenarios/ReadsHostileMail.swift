import ControlPlane
import EdgeModel
import MailRouting
import TerminalUI
import Testing

@testable import Console

/// Mail that would speak to the terminal is shown and never sent.
struct ReadsHostileMail {
    @Test func hostileMailIsShownAndNeverSent() async throws {
        let shift = try NightShift.withMail()
        let hostile = "\u{1B}]52;c;aGk=\u{07}\u{1B}[2J\u{202E}evil\r\n\u{0}"
        try shift.receive(
            "hostile", ago: 1, from: "\"\(hostile)\"@bad.example", to: "support@example.com", rule: "support",
            .forward, subject: hostile, delivered: ("ops@dest.example", .bounced, hostile))
        for place in ScreenGoldenTests.mailPlaces {
            let console = try await shift.operatorAt(place, size: TerminalSize(columns: 160, rows: 30))
            #expect(!console.screen.unicodeScalars.contains { $0.value < 32 && $0 != "\n" || $0 == "\u{202E}" })
        }
    }
}

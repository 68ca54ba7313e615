import ControlPlane
import EdgeModel
import MailRouting
import TerminalUI
import Testing

@testable import Console

/// A sender is blocked after a question.
struct BlocksASender {
    @Test func aSenderIsBlockedAfterAQuestion() async throws {
        let shift = try NightShift.withMail()
        var console = try await shift.operatorAt("activity")
        #expect(console.screen.contains("eve@bad.example"))
        try await console.press("B")
        #expect(console.dialog?.id == "ask")
        // The key that opened it does not answer it.
        try await console.press("B")
        func first() throws -> MailRule? {
            try shift.mail.ruleset(try #require(MailVersionReference("example.com@draft"))).ruleset.rules.first
        }
        #expect(try first()?.ref == "support")
        await console.wait(300)
        try await console.press("y")
        let rule = try #require(try first())
        #expect(rule.matcher == .sender(try #require(MailSender("eve@bad.example"))))
        #expect(rule.action.kind == .reject)
        #expect(console.message.contains("not in force yet"))
        #expect(try shift.mail.domain(named: "example.com").live?.number == 1)
        // Once is enough.
        try await console.press("B")
        await console.wait(300)
        try await console.press("y")
        #expect(console.message.contains("it stands first already"))
    }
}

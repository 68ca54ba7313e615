import ControlPlane
import EdgeModel
import MailRouting
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// A sender is blocked with one question, which shows what it changes.
struct BlocksASender {
    @Test func aSenderIsBlockedAtOnceWithThePlanInSight() async throws {
        let shift = try NightShift.withMail()
        try shift.promoteMail()
        var console = try await shift.operatorAt("activity")
        try await console.press("B")
        #expect(shift.commands.withLock(\.self) == [["email", "block", "example.com", "eve@bad.example"]])
        // What the command told is asked about; no sooner is anything in force.
        #expect(console.dialog?.id == "command" && console.screen.contains("+ from-eve-bad-example"))
        await console.wait(300)
        try await console.press("y")
        #expect(
            shift.commands.withLock(\.self).last == [
                "email", "block", "example.com", "eve@bad.example", "--yes", "--plan", "abababababab",
            ])
    }

    @Test func besideOtherChangesTheRuleWaitsInTheDraft() async throws {
        let shift = try NightShift.withMail()
        var console = try await shift.operatorAt("activity")
        #expect(console.screen.contains("eve@bad.example"))
        try await console.press("B")
        #expect(console.dialog?.id == "ask")
        #expect(console.screen.contains("holds other changes: list changed."), "\(console.screen)")
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
        #expect(console.message.contains("not in force yet, p promotes it"), "\(console.message)")
        #expect(try shift.mail.domain(named: "example.com").live?.number == 1)
        // Once is enough.
        try await console.press("B")
        await console.wait(300)
        try await console.press("y")
        #expect(console.message.contains("it stands first already"))
        try await console.press("p")
        #expect(shift.commands.withLock(\.self) == [["email", "promote", "example.com"]])
    }
}

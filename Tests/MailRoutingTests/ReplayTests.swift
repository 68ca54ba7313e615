import MailRouting
import Testing

@Suite("Rules over past mail")
struct ReplayTests {
    /// What became of a message by rules, as the log keeps it.
    private func activity(_ plan: MailPlan, _ content: MailContent?) throws -> MailActivity {
        let envelope = try Routing.envelope(to: "info@example.com")
        let decision = plan.decide(envelope, content: content, at: Routing.now)
        let summary = content.map {
            MailContentSummary(subject: $0.subject, size: $0.size, authentication: $0.authentication)
        }
        return MailActivity(
            at: Routing.now, message: MailMessageID(instance: "1.a"), recipient: envelope.recipient,
            decided: MailDecided(
                domain: "example.com", version: 7, rule: decision.rule, outcome: decision.outcome.word,
                sender: "alice@sender.test", content: summary))
    }

    private func replay(_ past: [MailActivity], _ yaml: String) throws -> [Int] {
        let replay = MailReplay(past, with: try Routing.plan(yaml), at: Routing.now)
        return [replay.count, replay.differences.count, replay.unknown]
    }

    private static let byHeader = """
        rules:
          - {ref: xspam, if: 'any(mail.headers["x-spam"][*] eq "yes")', action: drop}
        catch_all: {action: forward, destinations: [a@dest.test]}
        """

    @Test func whatAHeaderDecidedIsUnknownAndNoDifference() throws {
        let plan = try Routing.plan(Self.byHeader)
        let past = [
            try activity(plan, Routing.content(headers: [MailHeader("X-Spam", "yes")])),
            try activity(plan, Routing.content()),
        ]
        #expect(past.map(\.decided?.rule) == ["xspam", "catch-all"])
        #expect(try replay(past, Self.byHeader) == [2, 0, 2])
        // The other side of a header is as unknown.
        let negated = Self.byHeader.replacing("any(", with: "not any(")
        #expect(try replay(past, negated) == [2, 0, 2])
    }

    @Test func headersThatCannotHaveDecidedLeaveItKnown() throws {
        let plan = try Routing.plan(Self.byHeader)
        let past = [try activity(plan, Routing.content("hello"))]
        let other = Self.byHeader.replacing("any(", with: "mail.subject contains \"win\" and any(")
        #expect(try replay(past, other) == [1, 0, 0], "the subject is known, and not that")
        let before = """
            rules:
              - {ref: info, to: info, action: drop}
              - {ref: xspam, if: 'any(mail.headers.names[*] eq "x-spam")', action: reject, text: spam}
            """
        #expect(try replay(past, before) == [1, 1, 0], "a rule before it decides")
    }
}

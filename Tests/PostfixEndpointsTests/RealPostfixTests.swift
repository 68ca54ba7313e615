import EdgeModel
import MailRouting
import PostfixEndpoints
import TestKit
import Testing

/// Every action on a real Postfix: what the client is told, what arrives, what is recorded.
@Suite("Real Postfix", .enabled(if: PostfixInstance.isPossible), .serialized)
struct RealPostfixTests {
    private static func address(_ text: String) throws -> MailAddress { try #require(MailAddress(text)) }

    private static func rule(
        _ ref: String, _ local: String, _ action: MailAction, enabled: Bool = true
    ) throws -> MailRule {
        MailRule(ref: ref, matcher: .address(try address("\(local)@edge.test")), action: action, enabled: enabled)
    }

    private static func ruleset(rewriting: Bool = false) throws -> MailRuleset {
        let ops = try address("ops@dest.test")
        return MailRuleset(
            domain: "edge.test",
            rules: [
                try rule("one", "one", .forward([ops])),
                try rule("many", "many", .forward([ops, try address("Night.Shift@dest.test")])),
                try rule("drop", "drop", .drop),
                try rule("closed", "closed", .reject("This mailbox is closed")),
                try rule("later", "later", .deferral("Come back later")),
                try rule("off", "off", .forward([ops]), enabled: false),
                MailRule(
                    ref: "spam",
                    matcher: .expression(#"mail.to eq "content@edge.test" and mail.subject contains "spam""#),
                    action: .reject("No spam here")),
                MailRule(
                    ref: "sender",
                    matcher: .expression(#"mail.from eq "boss@sender.test" and mail.to eq "mixed@edge.test""#),
                    action: .forward([try address("boss@dest.test")])),
                MailRule(
                    ref: "tagged", matcher: .expression(#"mail.to eq "mixed@edge.test""#),
                    action: .tag(MailTag(name: "X-Seen", value: "yes"))),
                try rule("content", "content", .forward([ops])),
                try rule("mixed", "mixed", .forward([ops])),
            ], subaddressing: true, senderRewriting: rewriting)
    }

    @Test func everyActionDoesWhatItSays() async throws {
        let lab = try await MailLab(try Self.ruleset())
        let sender = "alice@sender.test"

        #expect(try await lab.send(to: "one@edge.test").data?.hasPrefix("250") == true)
        #expect(try await lab.send(to: "ONE@Edge.Test").data?.hasPrefix("250") == true)
        #expect(try await lab.send(to: "one+tag@edge.test").data?.hasPrefix("250") == true)
        #expect(try await lab.send(to: "many@edge.test").data?.hasPrefix("250") == true)
        #expect(try await lab.send(to: "drop@edge.test").data?.hasPrefix("250") == true)
        #expect(
            try await lab.send(to: "closed@edge.test").recipients == [
                "550 5.7.1 <closed@edge.test>: Recipient address rejected: This mailbox is closed (closed)"
            ])
        #expect(
            try await lab.send(to: "later@edge.test").recipients == [
                "450 4.7.1 <later@edge.test>: Recipient address rejected: Come back later (later)"
            ])
        #expect(try await lab.send(to: "nobody@edge.test").recipients.first?.hasPrefix("550 5.1.1 ") == true)
        #expect(try await lab.send(to: "off@edge.test").recipients.first?.hasPrefix("550 5.1.1 ") == true)
        #expect(try await lab.send(to: "someone@foreign.test").recipients.first?.hasPrefix("554 5.7.1 ") == true)
        #expect(
            try await lab.send(to: "content@edge.test", text: "Subject: buy spam\n\nx\n").data
                == "550 5.7.1 No spam here (spam)")
        #expect(
            try await lab.send(to: "content@edge.test", text: "Subject: fine\n\nx\n").data?.hasPrefix("250") == true)
        #expect(try await lab.send(from: "boss@sender.test", to: "mixed@edge.test").data?.hasPrefix("250") == true)
        #expect(try await lab.send(to: "mixed@edge.test").data?.hasPrefix("250") == true)

        try await eventually("all mail") { lab.sink.messages.count == 7 }
        let arrived = lab.sink.messages.map { "\($0.sender) \($0.recipients.sorted().joined(separator: ","))" }
        #expect(
            arrived.sorted() == [
                "\(sender) Night.Shift@dest.test,ops@dest.test", "\(sender) ops@dest.test", "\(sender) ops@dest.test",
                "\(sender) ops@dest.test", "\(sender) ops@dest.test", "\(sender) ops@dest.test",
                "boss@sender.test boss@dest.test",
            ])
        #expect(lab.sink.messages.filter { $0.header("X-Seen") == "yes" }.count == 1)
        // Reports of where the mail went on to name whom it was sent to, and nothing of ours.
        let originals = lab.sink.messages.flatMap(\.parameters).map { $0.lowercased() }
        #expect(originals.allSatisfy { $0.contains("orcpt=rfc822;") && $0.hasSuffix("@edge.test") }, "\(originals)")
        #expect(originals.contains { $0.hasSuffix(";mixed@edge.test") }, "\(originals)")

        try await eventually("all records") { lab.ledger.decided.count >= 13 && lab.ledger.deliveries.count >= 9 }
        let decided = lab.ledger.decided.map { "\($0.recipient) \($0.rule ?? "-") \($0.outcome)" }.sorted()
        #expect(
            decided == [
                "closed@edge.test closed reject", "content@edge.test content forward", "content@edge.test spam reject",
                "drop@edge.test drop drop", "later@edge.test later defer", "many@edge.test many forward",
                "mixed@edge.test mixed forward", "mixed@edge.test sender forward", "nobody@edge.test - unknown",
                "off@edge.test off unknown", "one+tag@edge.test one forward", "one@edge.test one forward",
                "one@edge.test one forward",
            ])
        let delivered = lab.ledger.deliveries.filter { $0.delivery.status == .delivered }
        #expect(delivered.count == 8)
        #expect(lab.ledger.deliveries.filter { $0.delivery.status == .dropped }.count == 1)
        let subjects = lab.ledger.events.compactMap { event in
            if case .decided(let decided) = event.kind { decided.content?.subject } else { nil }
        }
        #expect(subjects.contains("fine") && subjects.contains("hi") && subjects.contains("buy spam"))
        await lab.stop()
    }

    @Test func aChangeCountsForTheNextMessage() async throws {
        let ops = try Self.address("ops@dest.test")
        let lab = try await MailLab(MailRuleset(domain: "edge.test", senderRewriting: false))
        #expect(try await lab.send(to: "new@edge.test").recipients.first?.hasPrefix("550 5.1.1") == true)
        try lab.use(MailRuleset(domain: "edge.test", rules: [try Self.rule("new", "new", .forward([ops]))]))
        #expect(try await lab.send(to: "new@edge.test").data?.hasPrefix("250") == true)
        try await eventually("the mail") { lab.sink.messages.count == 1 }
        try lab.use(MailRuleset(domain: "edge.test", rules: [try Self.rule("new", "new", .reject("No more"))]))
        #expect(try await lab.send(to: "new@edge.test").recipients.first?.contains("No more (new)") == true)
        // A whole domain comes and goes as fast.
        try lab.use(MailRuleset(domain: "other.test", catchAll: MailCatchAll(action: .forward([ops]))))
        #expect(try await lab.send(to: "x@other.test").data?.hasPrefix("250") == true)
        #expect(try await lab.send(to: "new@edge.test").recipients.first?.hasPrefix("554") == true)
        await lab.stop()
    }

    @Test func oneRecipientsDropIsNoOtherRecipients() async throws {
        let lab = try await MailLab(try Self.ruleset())
        let outcome = try await lab.send(to: "one@edge.test", "drop@edge.test", "closed@edge.test")
        #expect(outcome.recipients.map { $0.prefix(3) } == ["250", "250", "550"])
        #expect(outcome.data?.hasPrefix("250") == true)
        try await eventually("the mail") { lab.sink.messages.count == 1 }
        #expect(lab.sink.messages.first?.recipients == ["ops@dest.test"])
        // Recipients whose content may be judged differently come one by one.
        let mixed = try await lab.send(to: "one@edge.test", "content@edge.test", "many@edge.test")
        #expect(mixed.recipients.map { $0.prefix(9) } == ["250 2.1.5", "452 4.5.3", "250 2.1.5"])
        await lab.stop()
    }

    @Test func whileNobodyAnswersMailIsDeferredAndFlowsAgain() async throws {
        let lab = try await MailLab(try Self.ruleset())
        await lab.endpoints.stop()
        // The milter is asked first, at the sender.
        let away = try await lab.send(to: "one@edge.test").sender
        #expect(away.hasPrefix("451 4.7.1 "), "\(away)")
        try await lab.restart(try Self.ruleset())
        #expect(try await lab.send(to: "one@edge.test").data?.hasPrefix("250") == true)
        try await eventually("the mail") { lab.sink.messages.count == 1 }
        await lab.stop()
    }

    @Test func theSenderIsRewrittenAndBouncesComeBack() async throws {
        let lab = try await MailLab(try Self.ruleset(rewriting: true))
        try await lab.send(to: "one@edge.test")
        try await eventually("the mail") { lab.sink.messages.count == 1 }
        let sender = try #require(lab.sink.messages.first?.sender)
        #expect(sender.hasPrefix("SRS0=") && sender.hasSuffix("=sender.test=alice@edge.test"))
        #expect(try await lab.send(from: "", to: sender).data?.hasPrefix("250") == true)
        try await eventually("the bounce") { lab.sink.messages.count == 2 }
        #expect(lab.sink.messages.last?.recipients == ["alice@sender.test"])
        let forged = sender.replacing("alice", with: "mallory")
        #expect(try await lab.send(from: "", to: forged).recipients.first?.hasPrefix("550 5.1.1") == true)
        // Our own senders and bounces stay as they are.
        try await lab.send(from: "", to: "one@edge.test")
        try await eventually("the third") { lab.sink.messages.count == 3 }
        #expect(lab.sink.messages.last?.sender == "")
        await lab.stop()
    }

    @Test func hostileAddressesGoNowhere() async throws {
        let lab = try await MailLab(try Self.ruleset())
        for recipient in [
            #""one@edge.test"@foreign.test"#, "one%edge.test@foreign.test", "@edge.test:x@foreign.test",
            #""a b"@edge.test"#, #""x\"y"@edge.test"#, "one@edge.test@edge.test", "f=one=1=a=b=@forward.invalid",
            "x@drop.invalid", "none@gone.invalid",
        ] {
            let reply = try await lab.send(to: recipient).recipients.first ?? ""
            #expect(reply.hasPrefix("5"), "\(recipient): \(reply)")
        }
        #expect(lab.sink.messages.isEmpty)
        // A header of the message cannot become one of ours, nor an address.
        try await lab.send(
            from: #""a\"b"@sender.test"#, to: "mixed@edge.test",
            text: "Subject: a\n b\r\nX-Seen: no\nTo: <x>,\n\tevil@foreign.test\n\nbody\n")
        try await eventually("the mail") { lab.sink.messages.count == 1 }
        #expect(lab.sink.messages.first?.recipients == ["ops@dest.test"])
        await lab.stop()
    }
}

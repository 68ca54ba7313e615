import TestKit
import Testing

@testable import PostfixProtocol

/// The lines are Postfix 3.7.11's own, written by the instance of these tests.
@Suite("Postfix log lines")
struct PostfixLogLineTests {
    private static func parse(_ text: String) -> PostfixLogLine? {
        PostfixLogLine(Substring("Nov 22 00:48:23 edge postfix/" + text))
    }

    @Test func aDeliveryThroughAnAlias() {
        let line = Self.parse(
            "smtp[17075]: 9FBB7F82137: to=<ops@dest.test>, orig_to=<info@edge.test>, relay=127.0.0.1[127.0.0.1]:26526, "
                + "delay=0.01, delays=0/0/0/0, dsn=2.0.0, status=sent (250 2.0.0 Ok)")
        #expect(
            line
                == .delivery(
                    .init(
                        agent: "smtp", queueID: "9FBB7F82137", recipient: "ops@dest.test",
                        originalRecipient: "info@edge.test", relay: "127.0.0.1[127.0.0.1]:26526", delay: 0.01,
                        dsn: "2.0.0", status: .sent, words: "250 2.0.0 Ok")))
    }

    @Test func whatTheOtherSideSaysIsNoField() {
        let line = Self.parse(
            "smtp[1]: 4f9BwZ3xYzz9: to=<a@b.test>, relay=m[1.2.3.4]:25, delay=3, delays=0/0/1/2, dsn=4.7.0, "
                + "status=deferred (host m said: 451 4.7.0 status=sent, orig_to=<x@y> (in reply to RCPT TO command))")
        guard case .delivery(let delivery) = line else {
            Issue.record("\(String(describing: line))")
            return
        }
        #expect(delivery.status == .deferred)
        #expect(delivery.originalRecipient == "a@b.test")
        #expect(delivery.words.hasSuffix("(in reply to RCPT TO command)"))
    }

    @Test func aQuotedAddressMayHoldAnything() {
        let line = Self.parse(
            #"smtp[1]: 9FBB7F82137: to=<"a> b\", orig_to=<x"@b.test>, orig_to=<"c>"@edge.test>, relay=none, delay=1, "#
                + "delays=0/0/0/0, dsn=5.1.1, status=bounced (no)")
        guard case .delivery(let delivery) = line else {
            Issue.record("\(String(describing: line))")
            return
        }
        #expect(delivery.recipient == #""a> b\", orig_to=<x"@b.test"#)
        #expect(delivery.originalRecipient == #""c>"@edge.test"#)
    }

    @Test func aRefusalAtTheRecipient() {
        let line = Self.parse(
            "smtpd[17066]: NOQUEUE: reject: RCPT from unknown[127.0.0.1]: 550 5.7.1 <rej@edge.test>: Recipient address "
                + "rejected: closed (r-17); from=<alice@sender.test> to=<rej@edge.test> proto=ESMTP helo=<[127.0.0.1]>")
        #expect(
            line
                == .refusal(
                    .init(
                        queueID: nil, stage: "RCPT", client: "127.0.0.1", code: 550, dsn: "5.7.1",
                        words: "<rej@edge.test>: Recipient address rejected: closed (r-17)",
                        sender: "alice@sender.test", recipient: "rej@edge.test")))
    }

    @Test func aRecipientCannotForgeTheEnvelope() {
        let line = Self.parse(
            #"smtpd[1]: NOQUEUE: reject: RCPT from h[10.0.0.1]: 550 5.7.1 <"x; from=<boss@a> to=<y@b>"@edge.test>: "#
                + #"Recipient address rejected: no (r-1); from=<eve@e.test> to=<"x; from=<boss@a> to=<y@b>"@edge.test> "#
                + "proto=ESMTP helo=<; from=<boss@a>>")
        guard case .refusal(let refusal) = line else {
            Issue.record("\(String(describing: line))")
            return
        }
        #expect(refusal.sender == "eve@e.test")
        #expect(refusal.recipient == #""x; from=<boss@a> to=<y@b>"@edge.test"#)
    }

    @Test func aRefusalByTheMilter() {
        let line = Self.parse(
            "cleanup[17071]: A10ABF82137: milter-reject: END-OF-MESSAGE from unknown[127.0.0.1]: 5.7.1 milter no (r-13); "
                + "from=<alice@sender.test> to=<dynrej@edge.test> proto=ESMTP helo=<[127.0.0.1]>")
        #expect(
            line
                == .refusal(
                    .init(
                        queueID: "A10ABF82137", stage: "END-OF-MESSAGE", client: "127.0.0.1", code: 0, dsn: "5.7.1",
                        words: "milter no (r-13)", sender: "alice@sender.test", recipient: "dynrej@edge.test")))
    }

    @Test func theOthers() {
        #expect(
            Self.parse(
                "smtpd[1]: 9FBB7F82137: info: DATA from unknown[127.0.0.1]: signalbox r-1 info@edge.test; "
                    + "from=<alice@sender.test> to=<info@edge.test> proto=ESMTP helo=<[127.0.0.1]>")
                == .note(
                    queueID: "9FBB7F82137", text: "signalbox r-1 info@edge.test", sender: "alice@sender.test",
                    client: "127.0.0.1"))
        #expect(
            Self.parse("qmgr[17019]: 9FBB7F82137: from=<alice@sender.test>, size=222, nrcpt=1 (queue active)")
                == .queued(queueID: "9FBB7F82137", sender: "alice@sender.test", size: 222, recipients: 1))
        #expect(Self.parse("qmgr[17019]: 9FBB7F82137: removed") == .removed(queueID: "9FBB7F82137"))
        #expect(
            Self.parse("cleanup[1]: A8C07F82175: message-id=<2026@edge.test>")
                == .messageID(queueID: "A8C07F82175", "<2026@edge.test>"))
    }

    @Test(arguments: [
        "smtpd[1]: connect from unknown[127.0.0.1]", "smtpd[1]: warning: dict_open: to=<a>",
        "smtpd[1]: NOQUEUE: to=<a>",
        "smtp[1]: 9FBB7F82137: to=<a, status=sent (x)", "smtp[1]: 9FBB7F82137: to=<a>, status=weird (x)",
        "smtp[1]: 9FBB7F82137: to=<a>", "qmgr[1]: 9FBB7F82137: from=<a", "smtpd[1]:", "", "smtpd[1]: 9FBB7F82137: ",
    ])
    func whatTellsNothingIsNothing(_ text: String) {
        #expect(Self.parse(text) == nil)
    }

    @Test func noLineTraps() {
        var random = SeededGenerator.announced("log lines")
        let lines = [
            "Nov 22 00:48:23 edge postfix/smtp[1]: 9FBB7F82137: to=<a@b>, orig_to=<c@d>, relay=none, delay=1, dsn=5.1.1, status=bounced (no)",
            "Nov 22 00:48:23 edge postfix/smtpd[1]: NOQUEUE: reject: RCPT from h[1]: 550 5.7.1 <a>: no; from=<a> to=<b> proto=ESMTP helo=<c>",
        ]
        let alphabet = Array("<>\"\\,;:= []()a1".utf8)
        for _ in 0..<3000 {
            var bytes = Array((lines.randomElement(using: &random) ?? "").utf8)
            for _ in 0..<Int.random(in: 1..<6, using: &random) where bytes.count > 1 {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes.remove(at: index)
                case 1: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: index)
                default: bytes = Array(bytes[..<max(1, index)])
                }
            }
            _ = PostfixLogLine(Substring(decoding: bytes, as: UTF8.self))
        }
    }
}

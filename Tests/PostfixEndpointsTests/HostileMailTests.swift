import EdgeModel
import MailRouting
import PostfixEndpoints
import TestKit
import Testing

/// What senders try, against a real Postfix with the endpoints.
@Suite("Hostile mail", .enabled(if: PostfixInstance.isPossible, "Postfix is not installed, or this is not root"))
struct HostileMailTests {
    private func lab(workers: [MailWorker] = [], tagging: Bool = false) async throws -> MailLab {
        let ops = try #require(MailAddress("ops@dest.test"))
        let info = try #require(MailAddress("info@edge.test"))
        var rules = [
            MailRule(
                ref: "odd", matcher: .expression(#"any(mail.headers["x-odd"][*] contains "evil")"#),
                action: .reject("odd header"))
        ]
        if tagging {
            rules.append(
                MailRule(
                    ref: "seen", matcher: .expression("mail.size gt 0"),
                    action: .tag(MailTag(name: "X-Seen", value: "us"))))
        }
        rules.append(MailRule(ref: "info", matcher: .address(info), action: .forward([ops])))
        return try await MailLab(MailRuleset(domain: "edge.test", rules: rules, senderRewriting: true))
    }

    @Test func headersWithoutEndAreCutAndDecided() async throws {
        let lab = try await lab(tagging: true)
        // Longer than Postfix keeps in one header (header_size_limit), and many.
        let long = "X-Long: " + String(repeating: "x", count: 300_000)
        let many = (0..<3_000).map { "X-Many-\($0): y" }.joined(separator: "\n")
        for (name, headers) in [
            ("long", long), ("many", many), ("folded", "X-F: a" + String(repeating: "\n b", count: 5_000)),
        ] {
            let sent = try await lab.send(to: "info@edge.test", text: "Subject: \(name)\n\(headers)\n\nbody\n")
            #expect(sent.data?.hasPrefix("250") == true, "\(name): \(sent)")
        }
        try await eventually("all three") { lab.sink.messages.count == 3 }
        #expect(lab.sink.messages.allSatisfy { $0.recipients == ["ops@dest.test"] })
        // What stands behind the many is still seen.
        let late = try await lab.send(to: "info@edge.test", text: "\(many)\nX-Odd: evil\n\nbody\n")
        #expect(late.data?.hasPrefix("550 5.7.1 odd header") == true || late.data?.hasPrefix("250") == true, "\(late)")
        await lab.stop()
    }

    @Test func nothingInAMessageBecomesAHeaderOfOurs() async throws {
        let lab = try await lab(tagging: true)
        let sent = try await lab.send(
            to: "info@edge.test",
            text:
                "Subject: a\r\n\tX-Seen: forged\nX-Seen: them\nBcc: evil@foreign.test\nTo: <evil@foreign.test>\n\nX-Seen: body\n"
        )
        #expect(sent.data?.hasPrefix("250") == true, "\(sent)")
        try await eventually("the mail") { lab.sink.messages.count == 1 }
        let mail = try #require(lab.sink.messages.first)
        #expect(mail.recipients == ["ops@dest.test"])
        #expect(mail.text.contains("\nX-Seen: us\n"))
        await lab.stop()
    }

    @Test func sendersOfEveryFormAreRewrittenAsOneAddress() async throws {
        let lab = try await lab()
        let senders = [
            #""a b"@sender.test"#, #""a\"b\\c"@sender.test"#, #""x@y"@sender.test"#, "a+b=c@sender.test",
            "%s%n@sender.test",
            "SRS0=aaaa=bb=evil.test=mallory@edge2.test", String(repeating: "l", count: 64) + "@sender.test",
        ]
        for sender in senders {
            let sent = try await lab.send(from: sender, to: "info@edge.test")
            #expect(sent.data?.hasPrefix("250") == true, "\(sender): \(sent)")
        }
        try await eventually("all") { lab.sink.messages.count == senders.count }
        for message in lab.sink.messages {
            #expect(
                message.sender.hasSuffix("@edge.test") && message.recipients == ["ops@dest.test"], "\(message.sender)")
            #expect(message.sender.utf8.allSatisfy { $0 > 0x1F && $0 < 0x7F }, "\(message.sender)")
        }
        await lab.stop()
    }

    @Test func addressesBeyondASCIIAreRefusedOrKept() async throws {
        let lab = try await lab()
        // Without SMTPUTF8 Postfix refuses the syntax; with it nobody of the domain has such a name.
        for recipient in ["grüße@edge.test", "info@édge.test", "inf\u{6f}\u{301}@edge.test"] {
            let reply = try await lab.send(to: recipient).recipients.first ?? ""
            #expect(reply.hasPrefix("5"), "\(recipient): \(reply)")
        }
        let sent = try await lab.send(from: "grüße@sender.test", to: "info@edge.test")
        #expect(!sent.sender.hasPrefix("250") || sent.data?.hasPrefix("250") == true, "\(sent)")
        #expect(lab.sink.messages.allSatisfy { $0.recipients == ["ops@dest.test"] })
        await lab.stop()
    }

    @Test func controlCharactersEndInARefusal() async throws {
        let lab = try await lab()
        for recipient in [
            "in\u{1}fo@edge.test", "info\u{7f}@edge.test", "\"in\tfo\"@edge.test", "info@edge.test\u{0b}",
        ] {
            let reply = try await lab.send(to: recipient).recipients.first ?? ""
            #expect(reply.hasPrefix("5"), "\(recipient.debugDescription): \(reply)")
        }
        #expect(lab.sink.messages.isEmpty)
        await lab.stop()
    }

    @Test func everyMessageIsCountedOverARotationOfTheLog() async throws {
        let lab = try await lab()
        let log = lab.postfix.logFile
        func send(_ count: Int) async throws {
            for _ in 0..<count { try await lab.send(to: "info@edge.test") }
        }
        func delivered(_ count: Int) async throws {
            try await eventually(within: .seconds(20), "\(count) deliveries") { lab.ledger.deliveries.count == count }
        }
        try await send(3)
        // As `postfix logrotate` does it.
        _ = try await ChildProcess.run("/bin/mv", [log, log + ".1"])
        try await lab.postfix.reload()
        try await send(3)
        try await delivered(6)
        // As `copytruncate` of logrotate does it, with mail in between.
        try await send(1)
        _ = try await ChildProcess.run("/bin/sh", ["-c", "cp \"$0\" \"$0.2\" && truncate -s 0 \"$0\"", log])
        try await send(3)
        try await delivered(10)
        await lab.stop()
    }
}

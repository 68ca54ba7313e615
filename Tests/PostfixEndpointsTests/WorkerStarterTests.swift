import MailRouting
import PostfixEndpoints
import PostfixProtocol
import TestKit
import Testing

/// The starters run as they are written, with the machine's own shell.
@Suite("Worker starters")
struct WorkerStarterTests {
    private static func verdict(
        _ starter: WorkerStarter, from sender: String, text: String, editing edit: (String) -> String = { $0 }
    ) async throws -> WorkerVerdict {
        let folder = try TemporaryDirectory("starter")
        let script = try folder.write(edit(starter.script(forwardingTo: "ops@dest.test")), to: "worker")
        let finished = try await ChildProcess.run(
            "/bin/sh", [script], environment: ["MAIL_FROM": sender, "MAIL_TO": "info@edge.test"],
            input: Array(text.utf8))
        try #require(finished.exit.isSuccess, "\(finished.errors)")
        return try WorkerAnswer.verdict(
            Array(finished.output.utf8), verified: Set(MailLab.addresses("ops@dest.test")))
    }

    private static let forward = WorkerVerdict(.forward(MailLab.addresses("ops@dest.test")))
    private static let plain = "Subject: hello\r\n\r\nbody\r\n"

    @Test func theBlocklistRefusesWhoStandsInIt() async throws {
        let blocked = WorkerVerdict(.reject("Your address is blocked here"))
        #expect(try await Self.verdict(.blocklist, from: "Spammer@bad.example", text: Self.plain) == blocked)
        #expect(try await Self.verdict(.blocklist, from: "any@worse.example", text: Self.plain) == blocked)
        for sender in ["", "alice@sender.test", "spammer@bad.example.test", "x*@bad.example"] {
            #expect(try await Self.verdict(.blocklist, from: sender, text: Self.plain) == Self.forward, "\(sender)")
        }
    }

    @Test func theAllowlistTakesWhoStandsInIt() async throws {
        let refused = WorkerVerdict(.reject("This address takes mail of known senders only"))
        #expect(try await Self.verdict(.allowlist, from: "someone@partner.example", text: Self.plain) == Self.forward)
        #expect(try await Self.verdict(.allowlist, from: "alice@sender.test", text: Self.plain) == refused)
        #expect(try await Self.verdict(.allowlist, from: "", text: Self.plain) == refused)
    }

    @Test func theContentFilterLooksAtTheWholeMessage() async throws {
        let refused = WorkerVerdict(.reject("Refused for its content"))
        #expect(try await Self.verdict(.contentFilter, from: "a@b.test", text: Self.plain) == Self.forward)
        for text in ["Subject: CHEAP pills\r\n\r\nx\r\n", "Subject: x\r\n\r\nyou are a lottery winner\r\n"] {
            #expect(try await Self.verdict(.contentFilter, from: "a@b.test", text: text) == refused)
        }
        let long = "Subject: cheap pills\r\n\r\n" + String(repeating: "body of the mail\r\n", count: 100_000)
        #expect(try await Self.verdict(.contentFilter, from: "a@b.test", text: long) == refused)
    }

    @Test func theTagIsAddedToWhatMatches() async throws {
        var tagged = Self.forward
        tagged.tags = [MailTag(name: "X-Worker-Tag", value: "words")]
        #expect(try await Self.verdict(.tag, from: "a@b.test", text: "Subject: lottery winner\r\n\r\nx\r\n") == tagged)
        #expect(try await Self.verdict(.tag, from: "a@b.test", text: Self.plain) == Self.forward)
    }

    /// A chat that cannot be reached holds up no mail; what it is told is JSON whatever the subject is.
    @Test func theChatIsToldAndTheMailGoesOn() async throws {
        #expect(try await Self.verdict(.chatPing, from: "a@b.test", text: Self.plain) == Self.forward)
        let folder = try TemporaryDirectory("chat")
        let place = try folder.write("http://127.0.0.1:1/", to: "webhook")
        let seen = folder.path("seen")
        let verdict = try await Self.verdict(
            .chatPing, from: "a@b.test", text: "Subject: \"quoted\" \\ <!channel> \u{1b}[31m\r\n\r\nx\r\n"
        ) { script in
            script.replacing("/etc/signalbox/chat-webhook", with: place)
                .replacing("curl -fsS -m 5 -o /dev/null", with: "tee \(seen) | curl -fsS -m 5 -o /dev/null")
        }
        #expect(verdict == Self.forward)
        let json = try JSONTree(parsing: try folder.read("seen"))
        #expect(json["text"].text?.hasPrefix("Mail from a@b.test to info@edge.test:  quoted ") == true)
        #expect(json["text"].text?.contains("<") == false)
    }
}

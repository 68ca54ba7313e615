import FoundationEssentials
import Glibc
import Synchronization
import TestKit
import Testing

/// Mail as an operator sets it up: `signalbox serve`, a real Postfix set up by `email postfix setup --apply`, an SMTP
/// server where the mail ends.
@Suite("Mail end to end", .serialized, .enabled(if: PostfixInstance.isPossible), .timeLimit(.minutes(5)))
struct MailTests {
    @Test func fiveHundredMessagesSurviveAKilledServer() async throws {
        let lab = try await Lab()
        try await lab.verified("ops@dest.test")
        try await lab.run(
            "email", "rule", "add", "edge.test", "--to", "info", "--forward", "ops@dest.test", "--ref", "info")
        try await lab.run(["email", "promote", "edge.test"] + Lab.yes)
        try await eventually("the first mail") {
            try await lab.send(to: "info@edge.test", subject: "first").data?.hasPrefix("250") == true
        }

        let count = 500
        let (accepted, refusals) = (Tally(), Tally())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sender in 0..<8 {
                group.addTask {
                    for number in stride(from: sender, to: count, by: 8) {
                        // As a sending host does: until it is taken.
                        try await eventually(within: .seconds(60), every: .milliseconds(50), "message \(number)") {
                            let outcome = try await lab.send(to: "info@edge.test", subject: "message \(number)")
                            let reply = outcome.data ?? outcome.recipients.first ?? outcome.sender
                            if reply.hasPrefix("250") { return true }
                            #expect(outcome.sender.hasPrefix("4") || reply.hasPrefix("4"), "\(outcome)")
                            refusals.add()
                            return false
                        }
                        accepted.add()
                    }
                }
            }
            group.addTask {
                try await eventually(within: .seconds(60), "the middle") {
                    accepted.count > count / 3
                }
                await lab.killServe()
                try await eventually(within: .seconds(60), "a refusal while nobody answers") {
                    refusals.count > 0
                }
                try await lab.startServe()
            }
            try await group.waitForAll()
        }
        let wanted = Set((0..<count).map { "message \($0)" })
        func subjects() -> [String] { lab.sink.messages.compactMap { $0.header("Subject") }.filter(wanted.contains) }
        // None lost.
        try await eventually(within: .seconds(60), "all mail") { Set(subjects()) == wanted }
        try await eventually(within: .seconds(20), "exact counters") {
            let row = try await lab.stats("info")
            return row["matched"].int == count + 1 && row["forwarded"].int == count + 1
                && row["delivered"].int == count + 1
        }
        #expect(try await lab.stats("info")["bounced"].int == 0)
        let doubled = Dictionary(grouping: subjects()) { $0 }.filter { $1.count > 1 }.keys.sorted()
        #expect(doubled == [], "after all deliveries were told")
        print("refused while away: \(refusals.count)")
        await lab.stop()
    }

    @Test func aWorkerFromAStarterIsAskedAndTried() async throws {
        let lab = try await Lab()
        try await lab.verified("ops@dest.test")
        try await lab.run("email", "worker", "new", "screen", "--starter", "blocklist", "--forward", "ops@dest.test")
        let message = try lab.folder.write("From: x\nSubject: hi\n\nbody\n", to: "hi.eml")
        let good = try await lab.run(
            "email", "worker", "test", "screen", message, "--to", "info@edge.test", "--from", "alice@sender.test")
        #expect(good.output.contains("forward to ops@dest.test"))
        let bad = try await lab.run(
            "email", "worker", "test", "screen", message, "--to", "info@edge.test", "--from", "x@worse.example")
        #expect(bad.output.contains("reject: 550 5.7.1 Your address is blocked here"))

        try await lab.run("email", "rule", "add", "edge.test", "--to", "info", "--worker", "screen", "--ref", "info")
        try await lab.run(["email", "promote", "edge.test"] + Lab.yes)
        try await eventually("the rule") {
            try await lab.send(from: "x@worse.example", to: "info@edge.test").data
                == "550 5.7.1 Your address is blocked here (info)"
        }
        #expect(try await lab.send(to: "info@edge.test").data?.hasPrefix("250") == true)
        try await eventually("the mail") { lab.sink.messages.contains { $0.recipients == ["ops@dest.test"] } }
        // Programs that hang or crash leave the mail with its sender.
        for (name, body) in [("hang", "exec sleep 60"), ("crash", "kill -9 $$"), ("noise", "yes")] {
            let program = try lab.folder.write("#!/bin/sh\n\(body)\n", to: name)
            chmod(program, 0o755)
            try await lab.run("email", "worker", "edit", "screen", "--program", program, "--time-limit", "500ms")
            try await eventually("the answer without a verdict: \(name)") {
                try await lab.send(to: "info@edge.test").data
                    == "450 4.7.1 The mail cannot be checked at the moment (info)"
            }
        }
        try await eventually("failures counted") { (try await lab.stats("info")["worker_failures"].int ?? 0) >= 3 }
        await lab.stop()
    }

    /// A mistyped address: nothing else tells the operator, since the notice of it goes to postmaster.
    @Test func aCodeThatIsRefusedIsSeenAtItsDestination() async throws {
        let lab = try await Lab()
        lab.sink.reply("550 5.1.1 no such user", to: "dead@dest.test")
        try await lab.run("email", "destination", "add", "dead@dest.test", "--sendmail", lab.sendmail())
        let row = try await eventually("the refusal") {
            let list = try await lab.run("email", "destination", "list", "--output", "json").json
            return list[0]["bounced"].int == 1 ? list[0] : nil
        }
        #expect(row["state"].text == "pending" && row["last_failure"].text?.contains("no such user") == true, "\(row)")
        #expect(row["delivered"].int == 0)
        await lab.stop()
    }

    @Test func explainSaysWhatPostfixSays() async throws {
        let lab = try await Lab()
        try await lab.verified("ops@dest.test")
        for rule in [
            ["--to", "closed", "--reject", "This mailbox is closed", "--ref", "closed"],
            ["--to", "later", "--defer", "Come back later", "--ref", "later"],
            [
                "--if", #"mail.to eq "info@edge.test" and mail.subject contains "lottery""#, "--reject",
                "Say \"no\"; to <b> % it", "--ref",
                "lottery",
            ],
            ["--to", "info", "--forward", "ops@dest.test", "--ref", "info"],
            ["--to", "off", "--forward", "ops@dest.test", "--ref", "off"],
        ] {
            try await lab.run(["email", "rule", "add", "edge.test"] + rule)
        }
        try await lab.run("email", "rule", "disable", "edge.test", "off")
        try await lab.run(["email", "promote", "edge.test"] + Lab.yes)
        try await eventually("the rules") {
            try await lab.send(to: "info@edge.test").data?.hasPrefix("250") == true
        }
        let message = try lab.folder.write("Subject: lottery\n\nbody\n", to: "lottery.eml")
        for recipient in [
            "closed@edge.test", "later@edge.test", "off@edge.test", "nobody@edge.test", "x@foreign.test",
            #""quo ted"@edge.test"#,
        ] {
            let said = try await lab.send(to: recipient, subject: "lottery").recipients.first
            let told = try await lab.explained([recipient])
            #expect(told == said)
            let read = try await lab.explained([message, "--to", recipient])
            #expect(read == said)
        }
        #expect(
            try await lab.explained([message, "--to", "info@edge.test"])
                == lab.send(to: "info@edge.test", subject: "lottery").data)
        try await lab.run("email", "domain", "disable", "edge.test", "--yes")
        try await eventually("the domain off") {
            try await lab.send(to: "info@edge.test").recipients.first?.hasSuffix("Relay access denied") == true
        }
        #expect(
            try await lab.explained(["info@edge.test"]) == lab.send(to: "info@edge.test").recipients.first)
        await lab.stop()
    }

    @Test func theSetupIsIdempotentAndItsCheckTells() async throws {
        let lab = try await Lab()
        let configuration = lab.postfix.configuration
        let place = ["--configuration", configuration, "--sockets", lab.sockets]
        #expect(try await lab.run(["email", "postfix", "check"] + place).output.contains("as it should"))
        let main = try lab.postfix.folder.read("etc/main.cf")
        #expect(
            try await lab.run(["email", "postfix", "setup", "--apply"] + place).output.hasPrefix("nothing to change"))
        #expect(try lab.postfix.folder.read("etc/main.cf") == main)
        _ = try await lab.postfix.tool("postconf", ["-e", "smtpd_milters=inet:127.0.0.1:1"])
        let broken = try await lab.attempt(["email", "postfix", "check"] + place)
        #expect(broken.status == 1 && broken.output.contains("smtpd_milters"))
        try await lab.run(["email", "postfix", "setup", "--apply"] + place)
        let milters = try await lab.postfix.tool("postconf", ["-h", "smtpd_milters"])
        #expect(milters.hasPrefix("inet:127.0.0.1:1, { unix:signalbox/milter"))
        await lab.killServe()
        let away = try await lab.attempt(["email", "postfix", "check"] + place)
        #expect(away.status == 1 && away.output.contains("nobody answers on map, policy, milter: mail is deferred"))
        await lab.stop()
    }

    private final class Tally: Sendable {
        private let value = Mutex(0)
        var count: Int { value.withLock { $0 } }
        func add() { value.withLock { $0 += 1 } }
    }

    /// What the tests run on.
    private final class Lab: Sendable {
        let folder: TemporaryDirectory
        let postfix: PostfixInstance
        let sink: MailSink
        let sockets: String
        private let serve: Mutex<ChildProcess?>
        private let logFile: String
        private let server: HostPort

        static let yes = ["--accept-warnings", "--yes"]

        init() async throws {
            folder = try TemporaryDirectory("mail")
            sink = try MailSink()
            server = try FreePort.one()
            let prepared = try PostfixInstance.prepare(relay: sink.address)
            sockets = prepared.queue + "/signalbox"
            logFile = prepared.folder.path("log/mail.log")
            serve = Mutex(nil)
            // `postfix check` has made the queue's folder by the time the setup asks for it.
            _ = try await ChildProcess.run("/usr/sbin/postfix", ["-c", prepared.configuration, "check"])
            let environment = Self.environment(folder)
            for words in [
                ["init"], ["email", "domain", "add", "edge.test"],
                [
                    "email", "postfix", "setup", "--apply", "--configuration", prepared.configuration, "--sockets",
                    sockets,
                ],
            ] {
                let finished = try await ChildProcess.run(
                    Checkout.program("signalbox"), words, environment: environment)
                guard finished.exit.isSuccess else {
                    throw CommandAnswer.Failed(answer: CommandAnswer(arguments: words, finished))
                }
            }
            postfix = try await prepared.start()
            try await startServe()
        }

        static func environment(_ folder: TemporaryDirectory) -> [String: String?] {
            [
                "SIGNALBOX_STATE": folder.path("state.db"), "XDG_STATE_HOME": folder.path("xdg"),
                "XDG_CONFIG_HOME": folder.path("config"), "NO_COLOR": "1", "SIGNALBOX_ENVOY": nil,
                "SIGNALBOX_MODULE": nil,
            ]
        }

        func startServe() async throws {
            let child = try ChildProcess(
                Checkout.program("signalbox"),
                ["serve", "--listen", "\(server)", "--mail-sockets", sockets, "--mail-log", logFile],
                environment: Self.environment(folder))
            serve.withLock { $0 = child }
            try await eventually(within: .seconds(20), "the server's sockets") {
                guard child.isRunning else { throw MailSink.Failure(what: "serve has ended: \(child.errors)") }
                return child.errors.contains("listening")
            }
        }

        func killServe() async {
            let child = serve.withLock { $0 }
            child?.signal(SIGKILL)
            _ = try? await child?.wait()
        }

        @discardableResult
        func run(_ words: [String]) async throws -> CommandAnswer {
            let answer = try await attempt(words)
            guard answer.status == 0 else { throw CommandAnswer.Failed(answer: answer) }
            return answer
        }

        @discardableResult
        func run(_ words: String...) async throws -> CommandAnswer { try await run(words) }

        func attempt(_ words: [String]) async throws -> CommandAnswer {
            let finished = try await ChildProcess.run(
                Checkout.program("signalbox"), words, environment: Self.environment(folder), directory: folder.path)
            return CommandAnswer(arguments: words, finished)
        }

        /// The server's last answer as `email explain` has it.
        func explained(_ words: [String]) async throws -> String? {
            let told = try await run(
                ["email", "explain"] + words + ["--from", "alice@sender.test", "--output", "json"])
            return told.json["smtp"].elements.compactMap(\.text).last { $0.hasPrefix("S: ") }.map {
                String($0.dropFirst(3))
            }
        }

        func stats(_ rule: String) async throws -> JSONTree {
            let rows = try await run("email", "stats", "edge.test", "--output", "json").json
            return rows.elements.first { $0["rule"] == .string(rule) } ?? .null
        }

        /// A program that hands mail to this Postfix.
        func sendmail() throws -> String {
            let program = try folder.write(
                "#!/bin/sh\nexec /usr/sbin/sendmail -C \(postfix.configuration) \"$@\"\n", to: "sendmail")
            chmod(program, 0o755)
            return program
        }

        /// A destination whose code came by real mail.
        func verified(_ address: String) async throws {
            try await run("email", "destination", "add", address, "--sendmail", sendmail())
            let mail = try await eventually(within: .seconds(20), "the mail with the code") {
                self.sink.messages.first { $0.recipients == [address] }
            }
            let marker = "verify \(address) "
            let line = try #require(mail.text.split(separator: "\n").first { $0.contains(marker) })
            let code = try #require(line.split(separator: " ").last)
            try await run("email", "destination", "verify", address, String(code))
        }

        func send(
            from sender: String = "alice@sender.test", to recipient: String, subject: String = "hi"
        ) async throws -> SMTPClient.Outcome {
            try await SMTPClient.send(
                to: postfix.smtp, from: sender, recipients: [recipient], text: "Subject: \(subject)\n\nbody\n")
        }

        func stop() async {
            await postfix.stop()
            await serve.withLock { $0 }?.terminate()
        }
    }
}

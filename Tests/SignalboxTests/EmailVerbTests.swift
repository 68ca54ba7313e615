import ArgumentParser
import EdgeModel
import FoundationEssentials
import MailRouting
import StoreSQLite
import TestKit
import Testing

@testable import signalbox

/// Email routing as an operator does it, with the program itself.
@Suite struct EmailVerbTests {
    private func run(_ words: String..., in folder: TemporaryDirectory) async throws -> CommandAnswer {
        try await run(words, in: folder)
    }

    private func run(_ words: [String], in folder: TemporaryDirectory) async throws -> CommandAnswer {
        let environment: [String: String?] = [
            "HOME": folder.path, "XDG_STATE_HOME": nil, "XDG_CONFIG_HOME": nil, "SIGNALBOX_STATE": nil, "NO_COLOR": "1",
        ]
        return CommandAnswer(
            arguments: words,
            try await ChildProcess.run(
                Checkout.program("signalbox"), words, environment: environment, directory: folder.path))
    }

    /// A state with the domain, a verified destination and one rule in force.
    private func made() async throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory("email")
        #expect(try await run("init", in: folder).status == 0)
        #expect(try await run("email", "domain", "add", "a.example", in: folder).status == 0)
        let added = try await run(
            "email", "destination", "add", "ops@dest.example", "--message", "verify.eml", in: folder)
        #expect(added.status == 0 && added.output.contains("pending"), "\(added)")
        let mail = try String(contentsOfFile: folder.path("verify.eml"), encoding: .utf8)
        #expect(mail.contains("To: <ops@dest.example>\n") && mail.contains("From: <postmaster@a.example>\n"))
        let subject = try #require(mail.split(separator: "\n").first { $0.hasPrefix("Subject: ") })
        let code = String(try #require(subject.split(separator: " ").last))
        #expect(!added.output.contains(code) && !added.errors.contains(code), "the code is for the address alone")
        let wrong = try await run("email", "destination", "verify", "ops@dest.example", "wrong", in: folder)
        #expect(wrong.status == 77 && wrong.errors.contains("email destination resend"), "\(wrong)")
        #expect(try await run("email", "destination", "verify", "ops@dest.example", code, in: folder).status == 0)
        let rule = try await run(
            "email", "rule", "add", "a.example", "--to", "info", "--forward", "ops@dest.example", in: folder)
        #expect(rule.status == 0 && rule.output.contains("+ info  (at 1)"), "\(rule)")
        let promoted = try await run("email", "promote", "a.example", "--yes", in: folder)
        #expect(promoted.status == 0 && promoted.output.contains("promote a.example@1"), "\(promoted)")
        return folder
    }

    @Test func rulesOfAllDomainsAreListedWithTheVersionTheyStandIn() async throws {
        let folder = try await made()
        for domain in ["empty.example", "new.example"] {
            #expect(try await run("email", "domain", "add", domain, in: folder).status == 0)
        }
        _ = try await run("email", "rule", "add", "new.example", "--to", "press", "--drop", in: folder)
        let all = try await run("email", "rule", "list", "--output", "json", in: folder)
        #expect(all.json.elements.map { $0["version"].text } == ["a.example@1", "new.example@1"], "\(all)")
        #expect(all.json.elements.map { $0["ref"].text } == ["info", "press"])
        let one = try await run("email", "rule", "list", "new.example", "--output", "json", in: folder)
        #expect(one.json.elements.map { $0["ref"].text } == ["press"], "\(one)")
        let table = try await run("email", "rule", "list", in: folder)
        #expect(table.output.contains("VERSION") && table.output.contains("new.example@1"), "\(table)")
    }

    @Test func rulesComeIntoForceAndGoBack() async throws {
        let folder = try await made()
        let explained = try await run("email", "explain", "info@a.example", "--from", "x@y.example", in: folder)
        #expect(explained.status == 0, "\(explained)")
        #expect(explained.output.contains("forward to ops@dest.example"), "\(explained)")
        #expect(explained.output.contains("S: 250 2.0.0 Ok: queued"), "\(explained)")

        let second = try await run("email", "rule", "change", "a.example", "info", "--reject", "closed", in: folder)
        #expect(second.output.contains("~ info"), "\(second)")
        let plan = try await run("email", "plan", "a.example", "--output", "json", in: folder)
        let checksum = try #require(plan.json["checksum"].text)
        let stale = try await run("email", "promote", "a.example", "--plan", "00000000", "--yes", in: folder)
        #expect(stale.status == 77, "\(stale)")
        #expect(try await run("email", "promote", "a.example", "--plan", checksum, "--yes", in: folder).status == 0)
        let refused = try await run("email", "explain", "info@a.example", in: folder)
        #expect(
            refused.output.contains("S: 550 5.7.1 <info@a.example>: Recipient address rejected: closed (info)"),
            "\(refused)")
        #expect(try await run("email", "ruleset", "diff", "a.example@1", "a.example@2", in: folder).status == 1)
        #expect(try await run("email", "rollback", "a.example", "--yes", in: folder).status == 0)
        let back = try await run("email", "explain", "info@a.example", "--output", "json", in: folder)
        #expect(back.json["outcome"].text == "forward", "\(back)")
        let history = try await run("email", "history", "a.example", in: folder)
        #expect(
            history.output.contains("rollback") && history.output.contains("a.example@2 → a.example@1"), "\(history)")
    }

    /// As at HTTP: committed, and a failure, where Postfix asks a server that does not run.
    @Test func withoutAServerThatMailGoesByACommitIsAFailure() async throws {
        let folder = try await made()
        let words = [["email", "rollback", "a.example"], ["email", "promote", "a.example@2"], ["email", "undo"]]
        _ = try await run("email", "rule", "change", "a.example", "info", "--reject", "closed", in: folder)
        let unserved = try await run("email", "promote", "a.example", "--yes", in: folder)
        #expect(
            unserved.status == 0 && unserved.errors.contains("Nothing takes it up yet. Next, in a terminal of its own"),
            "\(unserved)")
        let state = folder.path(".local/state/signalbox/state.db")
        _ = try SQLiteStore.open(path: state, mode: .readWrite).mailLedger.record(
            [], reader: MailLogReader.name, position: "1 0")
        for words in words {
            let told = try await run(words + ["--yes", "--output", "json", "--quiet"], in: folder)
            #expect(told.status == 69 && told.errorJSON["committed"] == .bool(true), "\(told)")
            #expect(told.errorJSON["error"]["next"].text == "signalbox serve", "\(told)")
        }
        let people = try await run("email", "promote", "a.example@2", "--yes", in: folder)
        #expect(people.status == 69 && people.errors.contains("committed: true"), "\(people)")
        #expect(people.errors.contains("next:  signalbox serve\n"), "\(people)")
        let live = try await run("email", "explain", "info@a.example", "--output", "json", in: folder)
        #expect(live.json["outcome"].text == "reject", "it was committed all the same: \(live)")
    }

    @Test func aSenderIsBlockedFromTheNextMessageOn() async throws {
        let folder = try await made()
        let shown = try await run(
            "email", "block", "a.example", "eve@bad.example", "--dry-run", "--output", "json", in: folder)
        #expect(shown.json["title"].text == "promote a.example@2 (now a.example@1)", "\(shown)")
        let checksum = try #require(shown.json["checksum"].text)
        let stale = try await run("email", "block", "a.example", "eve@bad.example", "--plan", "00000000", in: folder)
        #expect(stale.status == 77, "\(stale)")
        #expect(
            stale.errors.contains("next:  signalbox email block a.example eve@bad.example --dry-run\n"), "\(stale)")
        let blocked = try await run(
            "email", "block", "a.example", "eve@bad.example", "--plan", checksum, "--yes", in: folder)
        #expect(blocked.status == 0, "\(blocked)")
        let refused = try await run("email", "explain", "info@a.example", "--from", "eve@bad.example", in: folder)
        #expect(
            refused.output.contains("rejected: mail from you is not accepted here (from-eve-bad-example)"), "\(refused)"
        )
        let again = try await run("email", "block", "a.example", "eve@bad.example", "--yes", in: folder)
        #expect(again.status == 73 && again.errors.contains("it stands first already"), "\(again)")
        // Nothing else comes into force with it.
        _ = try await run("email", "rule", "add", "a.example", "--to", "x", "--drop", in: folder)
        let held = try await run("email", "block", "a.example", "@worse.example", "--yes", in: folder)
        #expect(held.status == 77 && held.errors.contains("come into force with it: x added"), "\(held)")
        #expect(
            held.errors.contains(
                "next:  signalbox email rule add a.example --from=@worse.example --reject 'mail from you is not accepted "
                    + "here' --first\n"), "\(held)")
        let wrong = try await run("email", "block", "a.example", "eve", in: folder)
        #expect(wrong.status == 64, "\(wrong)")
    }

    @Test func whatCannotWorkIsRefusedWithAWayOut() async throws {
        let folder = try await made()
        let added = try await run(
            "email", "rule", "add", "a.example", "--to", "b", "--forward", "new@dest.example", in: folder)
        // What would stop the promotion is the next step, and not the promotion.
        #expect(added.errors.contains("Next: signalbox email destination add new@dest.example\n"), "\(added)")
        let held = try await run("email", "promote", "a.example", "--yes", in: folder)
        #expect(held.status == 77 && held.errors.contains("destination-unknown"), "\(held)")
        #expect(held.errors.contains("next:  signalbox email destination add new@dest.example\n"), "\(held)")
        for (words, status) in [
            (["email", "rule", "add", "a.example", "--to", "c", "--forward", "x@a.example"], Int32(65)),
            (["email", "rule", "add", "a.example", "--if", "mail.sise eq 1", "--drop"], 65),
            (["email", "rule", "add", "a.example", "--to", "c", "--drop", "--reject", "x"], 64),
            (["email", "rule", "remove", "a.example", "ghost"], 66),
            (["email", "rule", "list", "ghost.example"], 66),
            (["email", "domain", "remove", "a.example", "--yes"], 77),
            (["email", "domain", "disable", "a.example"], 77),
            (["email", "destination", "add", "not an address"], 64),
            (["email", "rollback", "a.example", "--yes"], 77),
        ] {
            let answer = try await ChildProcess.run(
                Checkout.program("signalbox"), words, environment: ["HOME": folder.path, "NO_COLOR": "1"],
                directory: folder.path)
            let told = CommandAnswer(arguments: words, answer)
            #expect(told.status == status && told.errors.contains("next:"), "\(told)")
        }
    }

    @Test func aMessageInAFileIsExplainedWithItsContent() async throws {
        let folder = try await made()
        let message = """
            Authentication-Results: mx.a.example; spf=fail
            Received: from evil
            Authentication-Results: mx.a.example; spf=pass
            From: Eve <eve@bad.example>
            To: info@a.example
            Subject: you
             win

            body
            """
        try message.write(toFile: folder.path("m.eml"), atomically: true, encoding: .utf8)
        _ = try await run(
            "email", "ruleset", "set", "a.example", "--authentication-server", "mx.a.example", in: folder)
        let added = try await run(
            "email", "rule", "add", "a.example", "--if", #"mail.auth.spf eq "fail" and mail.subject eq "you win""#,
            "--reject", "spam", "--ref", "spam", "--first", in: folder)
        #expect(added.status == 0, "\(added)")
        let told = try await run("email", "explain", "m.eml", "--rules", "draft", in: folder)
        #expect(told.output.contains("info@a.example from eve@bad.example: reject: spam"), "\(told)")
        #expect(
            told.output.contains("S: 550 5.7.1 spam (spam)") && told.output.contains("verdicts: spf=fail"), "\(told)")
        let live = try await run("email", "explain", "m.eml", "--output", "json", in: folder)
        #expect(live.json["outcome"].text == "forward", "\(live)")
        for words in [["email", "replay", "a.example"], ["email", "replay", "--ruleset", "draft"]] {
            let replay = try await run(words, in: folder)
            #expect(replay.status == 0 && replay.output.contains("a.example@2: 0 of 0 messages"), "\(replay)")
        }
    }

    @Test func aDraftTellsThatItsDestinationIsNotConfirmed() async throws {
        let folder = try await made()
        _ = try await run(
            "email", "destination", "add", "new@dest.example", "--message", "other.eml", in: folder)
        _ = try await run(
            "email", "rule", "add", "a.example", "--to", "sales", "--forward", "new@dest.example", in: folder)
        _ = try await run("email", "catch-all", "set", "a.example", "--forward", "new@dest.example", in: folder)
        for local in ["sales", "anybody"] {
            let told = try await run("email", "explain", "\(local)@a.example", "--rules", "draft", in: folder)
            #expect(told.output.contains("forward to new@dest.example"), "\(told)")
            #expect(told.output.contains("error [destination-pending]"), "\(told)")
            #expect(told.output.contains("signalbox email destination verify new@dest.example CODE"), "\(told)")
        }
        let other = try await run(
            "email", "explain", "info@a.example", "--rules", "draft", "--output", "json", in: folder)
        #expect(other.json["findings"].elements.isEmpty, "only what is about the rule that decides: \(other)")
    }

    @Test func aRemedyOfThePostfixCheckHasTheOptionsThatItWasGiven() throws {
        let standard = try EmailPostfixVerb.Place.parse([])
        #expect(standard.setupCommand == "signalbox email postfix setup --apply")
        let place = try EmailPostfixVerb.Place.parse(["--configuration", "/etc/postfix b", "--mail-log", "/tmp/log"])
        let command = "signalbox email postfix setup --apply --configuration '/etc/postfix b' --mail-log /tmp/log"
        #expect(place.setupCommand == command)
        #expect(VerbTree.complaint(command) == nil)
    }

    @Test func whatThereIsOnlyOneOfNeedsNoName() async throws {
        let folder = try await made()
        try "From: Eve <eve@worse.example>\nTo: info@a.example\n\nbody\n".write(
            toFile: folder.path("m.eml"), atomically: true, encoding: .utf8)
        let none = try await run("email", "worker", "test", "m.eml", in: folder)
        #expect(none.status == 64 && none.errors.contains("worker new --starter blocklist"), "\(none)")
        let made = try await run("email", "worker", "new", "--starter", "blocklist", in: folder)
        #expect(made.status == 0 && made.output.contains("worker blocklist made"), "\(made)")
        #expect(made.errors.contains("Next: signalbox email worker edit blocklist\n"), "\(made)")
        let asked = try await run("email", "worker", "test", "m.eml", in: folder)
        #expect(asked.status == 0 && asked.output.contains("reject: 550 5.7.1 Your address is blocked"), "\(asked)")
        let friend = try await run("email", "worker", "test", "m.eml", "--from", "alice@b.example", in: folder)
        #expect(friend.output.contains("forward to ops@dest.example"), "\(friend)")

        let forgotten = try await run("email", "worker", "test", "blocklist", in: folder)
        #expect(forgotten.status == 64, "\(forgotten)")
        #expect(forgotten.errors.contains("the message to ask worker blocklist about is missing"), "\(forgotten)")
        #expect(forgotten.errors.contains("signalbox email worker test blocklist message.eml"), "\(forgotten)")

        // With a second one it must be said which.
        let second = try await run("email", "destination", "add", "b@dest.example", "--message", "b.eml", in: folder)
        #expect(second.status == 0, "\(second)")
        #expect(second.errors.contains("Next: signalbox email destination verify b@dest.example CODE\n"), "\(second)")
        #expect(try await run("email", "worker", "new", "tag", "--starter", "tag", in: folder).status == 0)
        let which = try await run("email", "worker", "test", "m.eml", in: folder)
        #expect(which.status == 64 && which.errors.contains("there are 2 workers"), "\(which)")
        let live = try await run("email", "replay", "--ruleset", "draft", in: folder)
        #expect(live.status == 66 && live.errors.contains("no domain has such rules"), "\(live)")
    }

    @Test func aWorkerThatCannotDoItsWorkIsToldWhenItIsMade() async throws {
        let folder = try await made()
        let program = try await run(
            "email", "worker", "new", "bad", "--program", "/no/such/file", "--on-failure", "forward", "--failure-to",
            "nobody@else.example", in: folder)
        #expect(
            program.status == 0 && program.errors.contains("warning [worker-program] email worker bad"), "\(program)")
        #expect(program.errors.contains("error [destination-unknown] email worker bad"), "\(program)")
        #expect(program.errors.contains("Next: signalbox email destination add nobody@else.example\n"), "\(program)")
        let edited = try await run("email", "worker", "edit", "bad", "--program", "/bin/true", in: folder)
        #expect(!edited.errors.contains("worker-program") && edited.errors.contains("destination-unknown"), "\(edited)")
        let starter = try await run(
            "email", "worker", "new", "--starter", "tag", "--forward", "unknown@else.example", in: folder)
        #expect(starter.status == 0 && starter.errors.contains("error [destination-unknown]"), "\(starter)")
    }

    /// What only a worker sends on to a destination is deferred once that is gone.
    @Test func workersThatNeedADestinationAreNamed() async throws {
        let folder = try await made()
        let script = folder.path("screen")
        _ = try await run("email", "worker", "new", "screen", "--starter", "blocklist", "--script", script, in: folder)
        _ = try await run(
            "email", "worker", "new", "other", "--program", "/bin/true", "--on-failure", "forward", "--failure-to",
            "OPS@dest.example", in: folder)
        let list = try await run("email", "destination", "list", in: folder)
        #expect(list.output.contains("a.example/info, worker other, worker screen"), "\(list)")
        let asked = try await run("email", "destination", "remove", "ops@dest.example", in: folder)
        #expect(asked.errors.contains("worker other, screen"), "\(asked)")
        let gone = try await run("email", "destination", "remove", "ops@dest.example", "--yes", in: folder)
        #expect(gone.status == 0 && gone.errors.contains("worker other, screen sends mail on to it"), "\(gone)")
    }

    @Test func anAddressThatNeedsQuotesIsExplainedAsItIsAnswered() async throws {
        let folder = try await made()
        let told = try await run("email", "explain", #""quo ted"@a.example"#, in: folder)
        let answer = "S: 550 5.1.3 <quo ted@a.example>: Recipient address rejected: This is no mail address"
        #expect(told.output.contains(answer) && told.output.contains("quoted-recipient"), "\(told)")
        #expect(try await !run("email", "explain", "info@a.example", in: folder).output.contains("quoted"))
    }

    @Test func aChatThatIsToldNothingIsTold() async throws {
        let folder = try await made()
        let message = try folder.write("From: a@b.example\nTo: info@a.example\n\nx\n", to: "m.eml")
        let webhook = folder.path("chat-webhook")
        let script = folder.path("ping")
        let new = try await run(
            "email", "worker", "new", "--starter", "chat-ping", "--script", script, in: folder)
        #expect(new.errors.contains("warning [worker-incomplete] email worker chat-ping"), "\(new)")
        #expect(new.errors.contains("/etc/signalbox/chat-webhook"), "\(new)")
        let text = try folder.read("ping").replacing("/etc/signalbox/chat-webhook", with: "'\(webhook)'")
        try folder.write(text, to: "ping")
        let silent = try await run("email", "worker", "test", message, in: folder)
        #expect(silent.status == 0 && silent.output.contains("forward to ops@dest.example"), "\(silent)")
        #expect(silent.errors.contains("\(webhook), which is to hold the webhook's address, is not there"), "\(silent)")
        _ = try await run("email", "rule", "add", "a.example", "--to", "chat", "--worker", "chat-ping", in: folder)
        let plan = try await run("email", "plan", "a.example", in: folder)
        #expect(plan.output.contains("worker-incomplete"), "\(plan)")
        try folder.write("http://127.0.0.1:1/\n", to: "chat-webhook")
        let told = try await run("email", "worker", "test", message, in: folder)
        #expect(told.status == 0 && !told.errors.contains("worker-incomplete"), "\(told)")
    }

    /// Its verifier is named together with another switch: nothing is told of a verifier that was missing a moment ago.
    @Test func switchesThatAreSetTogetherAreCheckedTogether() async throws {
        let folder = try await made()
        let rule = try await run(
            "email", "rule", "add", "a.example", "--if", #"mail.auth.spf eq "fail""#, "--drop", in: folder)
        #expect(rule.errors.contains("no-authentication-server"), "\(rule)")
        let both = try await run(
            "email", "ruleset", "set", "a.example", "--subaddressing", "on", "--authentication-server", "mx.a.example",
            in: folder)
        #expect(both.status == 0 && !both.errors.contains("no-authentication-server"), "\(both)")
    }
}

import TestKit
import Testing

extension EndToEnd {
    @Suite(
        "What the setup does to a Postfix",
        .enabled(if: PostfixInstance.isPossible, "Postfix is not installed, or this is not root"))
    struct MailSetupTests {
        @Test func aSetupThatPostfixRefusesLeavesTheOldFiles() async throws {
            let bench = try StateBench.bare()
            try await bench.run(["init"])
            let sink = try MailSink()
            let postfix = try PostfixInstance.prepare(relay: sink.address)
            _ = try await ChildProcess.run("/usr/sbin/postfix", ["-c", postfix.configuration, "check"])
            // What Postfix itself does not take: only its check tells.
            let main = try postfix.folder.read("etc/main.cf")
            try postfix.folder.write(main + "mail_owner = nobody-of-that-name\n", to: "etc/main.cf")
            let before = try ["etc/main.cf", "etc/master.cf"].map { try postfix.folder.read($0) }
            let setup = [
                "email", "postfix", "setup", "--apply", "--configuration", postfix.configuration, "--sockets",
                postfix.queue + "/signalbox",
            ]
            let refused = try await bench.attempt(setup)
            #expect(refused.status == 69 && refused.errors.contains("Postfix's log says why"), "\(refused)")
            #expect(try ["etc/main.cf", "etc/master.cf"].map { try postfix.folder.read($0) } == before)
            // The copies that were made are what there was.
            let copies = try await ChildProcess.run(
                "/bin/sh", ["-c", "cat \"$0\"/main.cf.before-*", postfix.configuration])
            #expect(copies.output == before[0])

            try postfix.folder.write(main, to: "etc/main.cf")
            try await bench.run(setup)
            #expect(try postfix.folder.read("etc/main.cf").contains("check_policy_service"))
        }
    }
}

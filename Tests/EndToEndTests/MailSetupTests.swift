import FoundationEssentials
import TestKit
import Testing

extension EndToEnd {
    @Suite(
        "What the setup does to a Postfix",
        .enabled(if: PostfixInstance.isPossible, "Postfix is not installed, or this is not root"))
    struct MailSetupTests {
        private static func files(_ folder: String) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        }

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
            #expect(try Self.files(postfix.configuration) == ["main.cf", "master.cf"])

            try postfix.folder.write(main, to: "etc/main.cf")
            try await bench.run(setup)
            #expect(try postfix.folder.read("etc/main.cf").contains("check_policy_service"))
            #expect(try Self.files(postfix.configuration).filter { $0.contains(".before-signalbox-") }.count == 2)
        }

        @Test func aBelievedVerifierThatIsNotThereIsAFinding() async throws {
            let bench = try StateBench.bare()
            try await bench.run(["init"])
            let postfix = try PostfixInstance.prepare(relay: try FreePort.one())
            let place = ["--configuration", postfix.configuration, "--sockets", postfix.queue + "/signalbox"]
            try await bench.run(["email", "postfix", "setup", "--apply"] + place)
            func codes() async throws -> [String] {
                let check = try await bench.attempt(["email", "postfix", "check", "--output", "json"] + place)
                return check.json["findings"].elements.compactMap { $0["code"].text }
            }
            try await bench.run(["email", "domain", "add", "edge.test"])
            #expect(try await !codes().contains("no-verifier"), "nobody is believed")
            try await bench.run([
                "email", "ruleset", "set", "edge.test", "--authentication-server", "mx.edge.test",
            ])
            #expect(try await codes().contains("no-verifier"))
            let main = try postfix.folder.read("etc/main.cf")
            try postfix.folder.write(
                main.replacing("smtpd_milters = {", with: "smtpd_milters = inet:127.0.0.1:8891, {"), to: "etc/main.cf")
            let found = try await codes()
            #expect(!found.contains("no-verifier") && !found.contains("postfix-setting"), "\(found)")
        }

        /// The folder is a small file system that has no room left, in a mount namespace of its own.
        @Test func aFullDiskLeavesTheOldFilesAndNothingElse() async throws {
            let bench = try StateBench.bare()
            try await bench.run(["init"])
            let postfix = try PostfixInstance.prepare(relay: try FreePort.one())
            let script = """
                mount -t tmpfs -o size=64k none "$2" && cp -p "$1"/*.cf "$2"/ || exit 9
                dd if=/dev/zero of="$2/everything-else" bs=1k 2>/dev/null
                "$0" email postfix setup --apply --configuration "$2" --sockets "$3"
                echo "status $?"
                ls "$2"
                cmp "$1/main.cf" "$2/main.cf" && cmp "$1/master.cf" "$2/master.cf" && echo same
                """
            let full = try TemporaryDirectory("full")
            let run = try await ChildProcess.run(
                "unshare",
                [
                    "-m", "sh", "-c", script, Checkout.program("signalbox"), postfix.configuration, full.path,
                    postfix.queue + "/signalbox",
                ], environment: bench.environment)
            #expect(
                run.output == "status 69\neverything-else\nmain.cf\nmaster.cf\nsame\n", "\(run.output)\(run.errors)")
            #expect(run.errors.contains("No space left on device"), "\(run.errors)")
        }
    }
}

import TestKit
import Testing

extension EndToEnd {
    @Suite("Webhooks that decide about mail, over real HTTP")
    struct MailWebhookTests {
        private let bench: StateBench
        private let message: String
        private static let key = "a-key-of-the-webhook"

        init() async throws {
            bench = try StateBench.bare()
            message = try bench.folder.write(
                "From: a@sender.test\nSubject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\nX-Odd: 1\nX-Odd: 2\n\nhello\n", to: "a.eml")
            try bench.folder.write(Self.key + "\n", to: "key")
            try await bench.run(["init"])
        }

        /// A server that somebody else wrote.
        private func hook(_ words: [String] = []) async throws -> (child: ChildProcess, port: Int) {
            let child = try ChildProcess(
                "python3", [Checkout.root + "/Tests/TestKit/webhook_server.py", Self.key] + words)
            let port: Int = try await eventually(within: .seconds(20), "the port of the webhook") {
                Int(child.output.split(separator: "\n").first ?? "")
            }
            return (child, port)
        }

        private func ask(_ url: String, _ traits: [String] = []) async throws -> CommandAnswer {
            try await bench.run(
                ["email", "worker", "new", "hook", "--webhook", url, "--time-limit", "2s"] + traits)
            return try await bench.attempt([
                "email", "worker", "test", "hook", message, "--to", "info@edge.test", "--from", "a@sender.test",
                "--output", "json",
            ])
        }

        /// What the server found, of its only request.
        private func found(_ child: ChildProcess) async throws -> JSONTree {
            // It answers before it prints, and its output comes through a pipe.
            let lines: [Substring] = try await eventually(within: .seconds(20), "what the webhook found") {
                let output = child.output
                let lines = Array(output.split(separator: "\n").dropFirst())
                return output.hasSuffix("\n") && !lines.isEmpty ? lines : nil
            }
            #expect(lines.count == 1)
            return try JSONTree(parsing: String(try #require(lines.first)))
        }

        @Test func itGetsTheWholeMessageSignedAndItsVerdictCounts() async throws {
            let (child, port) = try await hook()
            let answer = try await ask(
                "http://127.0.0.1:\(port)/verdict", ["--secret", "file:\(bench.folder.path("key"))"])
            #expect(answer.status == 0, "\(answer)")
            #expect(answer.json["verdict"] == .string("reject"))
            #expect(answer.json["reason"] == .string("seen by the webhook"))
            let seen = try await found(child)
            #expect(seen["signature"] == .string("good") && seen["shape"] == .bool(true), "\(seen)")
            #expect(seen["type"] == .string("application/json"))
            #expect(seen["to"] == .string("info@edge.test") && seen["from"] == .string("a@sender.test"))
            #expect(
                seen["headers"].elements.map(\.texts).filter { $0.first == "X-Odd" } == [
                    ["X-Odd", "1"], ["X-Odd", "2"],
                ])
            #expect(seen["message"].text?.hasSuffix("\r\n\r\nhello\n") == true)
            // The key itself is nowhere.
            let shown = try await bench.run(["email", "worker", "show", "hook", "--output", "json"])
            #expect(!(shown.output + answer.output + answer.errors + child.output).contains(Self.key))
            await child.terminate()
        }

        @Test func aKeyOfSomebodyElseIsNoticedThere() async throws {
            let (child, port) = try await hook()
            try bench.folder.write("another", to: "key")
            _ = try await ask("http://127.0.0.1:\(port)/verdict", ["--secret", "file:\(bench.folder.path("key"))"])
            #expect(try await found(child)["signature"] == .string("bad"))
            await child.terminate()
        }

        @Test(arguments: [
            ("/status/503", "its webhook answered 503"), ("/status/201", "its webhook answered 201"),
            ("/redirect", "its webhook answered 302"), ("/garbage", "its verdict is not the JSON of one"),
            ("/slow", "its webhook gave no answer"), ("/huge", "its webhook gave no answer"),
            ("/cut", "its webhook gave no answer"),
        ])
        func whatIsNoVerdictIsAFailure(path: String, words: String) async throws {
            let (child, port) = try await hook()
            let answer = try await ask("http://127.0.0.1:\(port)\(path)", ["--on-failure", "reject"])
            #expect(answer.status == 1, "\(answer)")
            #expect(answer.json["failure"].text?.hasPrefix(words) == true, "\(answer.output)")
            #expect(answer.json["then"].text == "reject: The mail could not be checked")
            // A redirect is not followed: there was one request, and it was not signed, as there is no key.
            #expect(try await found(child)["signature"] == .string("none"))
            await child.terminate()
        }

        @Test func aServerThatCannotProveItsNameGetsNothing() async throws {
            let authority = try await TestAuthority.make(in: bench.folder)
            let files = try await authority.issue("hook", hosts: ["hook.test"])
            let (child, port) = try await hook([files.certificate, files.key])
            let answer = try await ask("https://127.0.0.1:\(port)/verdict")
            #expect(answer.status == 1, "\(answer)")
            #expect(answer.json["failure"].text?.hasPrefix("its webhook gave no answer") == true, "\(answer.output)")
            #expect(child.output.split(separator: "\n").count == 1, "no request came through")
            await child.terminate()
        }

        @Test func clearTextOverTheNetworkIsRefused() async throws {
            let refused = try await bench.attempt([
                "email", "worker", "new", "hook", "--webhook", "http://hooks.example/x",
            ])
            #expect(refused.status == 64 && refused.errors.contains("clear text"))
        }
    }
}

import TestKit
import Testing

@testable import signalbox

/// `rules` run as the program, without any state.
@Suite struct RulesVerbTests {
    private func run(_ words: [String], input: String = "") async throws -> CommandAnswer {
        let folder = try TemporaryDirectory("rules")
        let environment: [String: String?] = ["HOME": folder.path, "SIGNALBOX_STATE": nil, "NO_COLOR": "1"]
        let answer = CommandAnswer(
            arguments: words,
            try await ChildProcess.run(
                Checkout.program("signalbox"), ["rules"] + words, environment: environment, directory: folder.path,
                input: Array(input.utf8)))
        #expect(TestFiles.names(in: folder.path) == [])
        return answer
    }

    @Test func aFaultyExpressionIsShownWithCaretsAndExitsWithOne() async throws {
        let answer = try await run(["check", "http.host eq 5 and ip.src in {10.0.0.1/8}"])
        #expect(answer.status == 1)
        #expect(
            answer.output == """
                Filter parsing error (1:14):
                http.host eq 5 and ip.src in {10.0.0.1/8}
                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected a string here
                             strings are written "…" or r"…"
                Filter parsing error (1:31):
                http.host eq 5 and ip.src in {10.0.0.1/8}
                                              ^^^^^^^^^^ the host part of the network is not zero
                                              write 10.0.0.0/8, or the address alone

                """)
        let good = try await run(["check", "(http.host==\"a\")&&ssl", "--output", "json"])
        #expect(good.status == 0)
        #expect(good.json["ok"] == .bool(true))
        #expect(good.json["canonical"] == .string("http.host eq \"a\" and ssl"))
    }

    @Test func lintAnswersNoFromTheSeverityOnThatIsAsked() async throws {
        let text = #"http.request.method eq "get" and ssl"#
        let found = try await run(["lint", text, "--output", "json"])
        #expect(found.status == 1)
        #expect(found.json[0]["code"] == .string("method-case") && found.json[0]["remedy"] == .string(#"write "GET""#))
        #expect(try await run(["lint", text, "--fail-on", "error"]).status == 0)
        #expect(try await run(["lint", "-"], input: "ssl\nhttp.host eq \"a\"\n").status == 0)
        let lines = try await run(["lint", "-", "--output", "json"], input: "ssl\n\(text)\nhttp.host eq\n")
        #expect(lines.json[0]["line"] == .number(2) && lines.json[1]["line"] == .number(3))
        #expect(try await run(["lint", "--kinds", "--output", "name"]).output.contains("unreachable-rule\n"))
    }

    @Test func twoConditionsAreCompared() async throws {
        func relation(_ one: String, _ other: String) async throws -> (Int32?, String) {
            let answer = try await run(["compare", one, other, "--output", "name"])
            return (answer.status, answer.output)
        }
        #expect(try await relation("ssl", "(ssl)") == (0, "same\n"))
        #expect(try await relation("ip.src in {10.1.0.0/16}", "ip.src in {10.0.0.0/8}") == (1, "first-within-second\n"))
        #expect(try await relation(#"http.host eq "a""#, #"http.host eq "b""#) == (1, "never-together\n"))
        let both = try await run(["compare", "ssl", #"http.host eq "a""#])
        #expect(both.output.contains("for example http.host = \"a\", ssl = true"))
    }

    @Test func linesAreAnsweredOneByOne() async throws {
        let answer = try await run(
            ["check", "-", "--output", "jsonl"], input: "ssl\nhttp.host eq\n\nhttp.host eq \"é\" and foo")
        #expect(answer.status == 1)
        let lines = try answer.output.split(separator: "\n").map { try JSONTree(parsing: String($0)) }
        #expect(lines.map { $0["ok"] } == [.bool(true), .bool(false), .bool(false), .bool(false)])
        #expect(lines[1]["error"]["code"] == .string("expression.expected"))
        #expect(lines[3]["error"]["column"] == .number(22))
        #expect(lines[3]["error"]["start"] == .number(22))
        #expect(try await run(["check", "-"], input: "ssl\nssl\n").status == 0)
    }

    @Test func formattingIsOneNotation() async throws {
        #expect(try await run(["fmt", "(http.host==\"a\")&&!ssl"]).output == "http.host eq \"a\" and not ssl\n")
        #expect(try await run(["fmt", "--check", "http.host eq \"a\""]).status == 0)
        #expect(try await run(["fmt", "--check", "http.host == \"a\""]).status == 1)
        let lines = try await run(["fmt", "-"], input: "ssl&&ssl\nfoo\n!ssl\n")
        #expect(lines.status == 65)
        #expect(lines.output == "ssl and ssl\nfoo\nnot ssl\n")
        #expect(lines.errors.contains("unknown field or function"))
    }

    @Test func expressionsAreEvaluatedOnARequest() async throws {
        let request = ["--url", "https://Shop.example.com/a/b.JPG?x=1", "--ip", "10.1.2.3", "-H", "Cookie: s=1; t=2"]
        for (expression, holds) in [
            ("http.host eq \"shop.example.com\" and ssl and ip.src in $office", true),
            ("http.request.uri.path.extension eq \"jpg\" and http.request.cookies[\"t\"][0] eq \"2\"", true),
            ("http.request.uri.args[\"x\"][0] ne \"1\"", false), ("http.referer ne \"\"", false),
        ] {
            let answer = try await run(["eval", expression, "--list", "office=10.0.0.0/8"] + request)
            #expect(answer.output == "\(holds)\n", "\(answer)")
            #expect(answer.status == (holds ? 0 : 1))
        }
        let value = try await run(["eval", "--value", "concat(\"/new\", http.request.uri.path)"] + request)
        #expect(value.output == "/new/a/b.JPG\n")
        #expect(try await run(["eval", "--value", "http.request.headers[\"none\"][0]"]).status == 1)
        #expect(try await run(["eval", "ip.src in $office"]).status == 65)
        #expect(try await run(["eval", "foo"]).status == 65)
        let file = #"{"url": "http://a.example/", "headers": {"x-a": ["1", "2"]}, "response": {"status": 404}}"#
        let answer = try await run(
            ["eval", "http.request.headers[\"x-a\"][1] eq \"2\" and http.response.code eq 404", "--request", "-"],
            input: file)
        #expect(answer.status == 0, "\(answer)")
    }

    @Test func everyPartIsExplained() async throws {
        let answer = try await run([
            "explain", "http.host eq \"a.example\" or (ip.src in {10.0.0.0/8} and not http.x_forwarded_for ne \"\")",
            "--url", "http://b.example/", "--ip", "10.1.2.3",
        ])
        #expect(answer.status == 0)
        try Golden.check(answer.output, "rules-explain.txt")
        let json = try await run(["explain", "ssl", "--output", "json"])
        #expect(json.json["tree"]["words"] == .string("ssl is true"))
    }

    @Test func everyFieldAndFunctionIsListed() async throws {
        let fields = try await run(["fields", "--output", "name"]).output.split(separator: "\n").map(String.init)
        #expect(fields.count > 180 && fields == fields.sorted())
        #expect(Set(fields).isSuperset(of: ["http.host", "ip.src", "ip.geoip.country", "cf.waf.score"]))
        let functions = try await run(["functions", "--output", "name"]).output.split(separator: "\n").map(String.init)
        #expect(Set(functions).isSuperset(of: ["any", "all", "lower", "coalesce", "regex_replace", "sha256"]))
    }
}

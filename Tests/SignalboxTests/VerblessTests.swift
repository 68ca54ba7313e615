import TestKit
import Testing

@testable import signalbox

struct VerblessTests {
    @Test(
        arguments: [
            ([], ["console"]), (["--state", "x.db"], ["console", "--state", "x.db"]), (["--help"], ["--help"]),
            (["--version"], ["--version"]), (["status"], ["status"]), (["-h"], ["-h"]),
            (["--context", "edge1", "--read-only"], ["console", "--context", "edge1", "--read-only"]),
        ] as [([String], [String])])
    func aVerbIsMissedOnlyInATerminal(given: [String], meant: [String]) {
        #expect(Main.withVerb(given) == meant)
    }

    @Test(
        arguments: [
            ("--state x.db app list", "app list --state x.db"), ("-o json app list", "app list -o json"),
            ("--output=json -q version list shop", "version list shop --output=json -q"),
            ("--yes promote shop --to qa", "promote shop --yes --to qa"), ("-y statsu", "statsu -y"),
            // Nothing to put them behind, or something that is no such option: left to the parser.
            ("--state x.db", "--state x.db"), ("--state", "--state"), ("--read-only app list", "--read-only app list"),
            ("app list -o json", "app list -o json"), ("--help", "--help"), ("", ""),
        ])
    func optionsBeforeTheVerbAreItsOwn(given: String, meant: String) {
        let words = given.split(separator: " ").map(String.init)
        #expect(LeadingOptions.moved(words) == meant.split(separator: " ").map(String.init))
    }

    @Test func anAnswerIsOfTheStateNamedBeforeTheVerb() async throws {
        let bench = try StateBench.bare()
        try await bench.run(["--state", "other.db", "-o", "json", "init"])
        let answer = try await bench.run(["--state", "other.db", "-o", "json", "env", "list"])
        #expect(answer.json.elements.count == 2, "\(answer)")
        let typo = try await bench.attempt(["--state", "other.db", "evn", "list"])
        #expect(typo.errors.contains("next:  signalbox env list --state other.db"), "\(typo)")
    }
}

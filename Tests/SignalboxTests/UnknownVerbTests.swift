import Testing

@testable import signalbox

@Suite struct UnknownVerbTests {
    private func report(_ line: String) throws -> ErrorReport {
        let words = Array(VerbTree.words(line).dropFirst())
        return try #require(UnknownVerb(in: words)).report(words, help: CommandErrors.help(for: words))
    }

    @Test(arguments: [
        ("signalbox statsu --watch", "signalbox status --watch"),
        ("signalbox zone ls", "signalbox zone list"),
        ("signalbox app new shop --zone example.com", "signalbox app create shop --zone example.com"),
        ("signalbox deploy shop --to production", "signalbox promote shop --to production"),
        ("signalbox email rules list a.example", "signalbox email rule list a.example"),
        ("signalbox probe http://www.example.com/", "signalbox staging probe http://www.example.com/"),
    ])
    func oneThatIsMeantIsTheNextCommand(line: String, next: String) throws {
        let report = try report(line)
        #expect(report.remedy == next)
        #expect(report.place == line)
        #expect(VerbTree.complaint(next) == nil)
    }

    @Test func aVerbThatWantsMoreLeadsToItsHelp() throws {
        #expect(try report("signalbox rollbak").nextCommand == "signalbox rollback --help")
        #expect(try report("signalbox rollbak shop").nextCommand == "signalbox rollback shop")
    }

    @Test func severalThatMayBeMeantAreNamed() throws {
        let report = try report("signalbox diff shop@1 shop@2")
        #expect(report.message == "there is no verb 'diff'")
        #expect(report.details.contains("there is: signalbox version diff"))
        #expect(report.remedy == "signalbox --help")
    }

    @Test func thoseOfTheSameGroupComeFirst() throws {
        let details = try report("signalbox email rm a.example").details
        #expect(!details.isEmpty && details.allSatisfy { $0.hasPrefix("there is: signalbox email ") })
    }

    @Test func whatResemblesNothingLeadsToTheHelp() throws {
        let report = try report("signalbox zone frobnicate")
        #expect(report.message == "'zone' has no verb 'frobnicate'")
        #expect(report.remedy == "signalbox zone --help" && report.details.isEmpty)
    }

    @Test(arguments: [
        "signalbox status --wacth", "signalbox --verison", "signalbox zone list extra", "signalbox help statsu",
        "signalbox", "signalbox history productoin --last x",
    ])
    func otherMistakesAreTheParsers(line: String) {
        #expect(UnknownVerb(in: Array(VerbTree.words(line).dropFirst())) == nil)
    }
}

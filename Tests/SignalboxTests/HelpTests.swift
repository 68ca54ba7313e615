import ArgumentParser
import FoundationEssentials
import TestKit
import Testing

@testable import signalbox

@Suite struct HelpTests {
    @Test func everyVerbHasTwoExamplesThatTheParserAccepts() {
        for verb in VerbTree.all() {
            let name = verb.words.joined(separator: " ")
            let discussion = verb.type.configuration.discussion
            #expect(!verb.type.configuration.abstract.isEmpty, "\(name) has no abstract")
            let parts = discussion.components(separatedBy: "EXAMPLES:\n")
            #expect(parts.count == 2, "\(name) has no examples")
            let lines = parts.last?.split(separator: "\n").map { String($0.drop { $0 == " " }) } ?? []
            #expect(lines.count >= 2, "\(name) has fewer than two examples")
            for line in lines {
                // The first command of ours on the line: others may stand before it.
                guard let start = line.firstRange(of: "signalbox ")?.lowerBound else {
                    Issue.record("\(name): no command of ours in '\(line)'")
                    continue
                }
                let isSubstituted = start > line.startIndex && line[line.index(before: start)] == "("
                let command = isSubstituted ? String(line[start...].prefix { $0 != ")" }) : String(line[start...])
                #expect(VerbTree.complaint(command) == nil, "\(name): \(command)")
            }
        }
    }

    /// What a node starts with holds its token, and a shell makes files that everybody may read.
    @Test func examplesKeepSecretsFromOthers() {
        let lines = NodeVerb.Bootstrap.configuration.discussion.split(separator: "\n").filter { $0.contains(" > ") }
        #expect(!lines.isEmpty && lines.allSatisfy { $0.contains("(umask 077; ") }, "\(lines)")
    }

    /// The parser asks every command's name before it looks at the arguments, and making it of the type's name costs each
    /// start of the program a quarter of a millisecond a command.
    @Test func everyVerbSaysItsNameItself() {
        for verb in VerbTree.all() {
            #expect(
                verb.type.configuration.commandName != nil, "\(verb.words.joined(separator: " ")) has no commandName")
        }
    }

    @Test func everyVerbTakesTheGlobalOptions() {
        for verb in VerbTree.all() where verb.isLeaf {
            let help = Signalbox.helpMessage(for: verb.type, columns: 200)
            for option in ["--state", "--output", "--no-color", "--quiet", "--yes", "--as", "--context"] {
                #expect(help.contains(option), "\(verb.words.joined(separator: " ")) does not take \(option)")
            }
        }
    }

    @Test func theFirstHelpPeopleSee() throws {
        try Golden.check(Signalbox.helpMessage(columns: 80) + "\n", "help.txt")
    }

    @Test func theHelpOfAChange() throws {
        try Golden.check(Signalbox.helpMessage(for: PromoteVerb.self, columns: 80) + "\n", "help-promote.txt")
    }
}

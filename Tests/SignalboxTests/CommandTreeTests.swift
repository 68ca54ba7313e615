import ArgumentParser
import Console
import Testing

@testable import signalbox

/// What the console's command bar knows of the command line.
@Suite struct CommandTreeTests {
    private static let leaves = walk(CommandTree.all, [])

    private static func walk(_ verb: CommandVerb, _ path: [String]) -> [(path: String, verb: CommandVerb)] {
        if verb.below.isEmpty { return [(path.joined(separator: " "), verb)] }
        return verb.below.flatMap { walk($0, path + [$0.name]) }
    }

    private func arguments(_ path: String) -> [CommandArgument] {
        CommandTree.arguments(at: path.split(separator: " ").map { String($0) })
    }

    @Test func theConsoleHasEveryVerbAndNoOther() {
        let parsed = VerbTree.all().filter(\.isLeaf).map { $0.words.joined(separator: " ") }
        #expect(Self.leaves.map(\.path) == parsed)
    }

    /// They look at what is the state's and write elsewhere, or run a program of somebody's.
    private static let writesElsewhere: Set = ["state backup", "email worker test"]

    @Test func whatReadsIsSaidToReadAndNothingElse() {
        for (path, verb) in Self.leaves {
            guard let access = ReadingVerbTests.verbs[path], !Self.writesElsewhere.contains(path) else { continue }
            let writes = if case .writes = access { path != "email postfix check" } else { false }
            #expect((verb.manner == .reads) == !writes, "\(path): see VerbManner.swift")
        }
        #expect(
            Self.leaves.filter { $0.verb.manner == .stays }.map(\.path).sorted() == ["console", "node run", "serve"])
    }

    @Test func argumentsAreThoseOfTheParser() {
        let rollback = arguments("rollback")
        #expect(rollback.contains(CommandArgument(subject: .application)))
        #expect(rollback.contains(CommandArgument(["--env"], subject: .environment)))
        #expect(rollback.contains(CommandArgument(["--to"], subject: .versionNumber)))
        #expect(rollback.contains(CommandArgument(["--force"], takesValue: false)))
        let words = Set(rollback.flatMap(\.names))
        #expect(words.isDisjoint(with: ["--state", "--yes", "--output", "--help", "--as"]), "the console says these")
        #expect(arguments("events").contains { $0.names == ["--kind"] && $0.values.contains("deployment") })
        #expect(arguments("app create").first == CommandArgument(), "what is made has a name of its own")
        #expect(arguments("images target show").first?.subject == .target)
        #expect(arguments("no such verb").isEmpty)
    }

    /// What the shell completes with names of the state the console does, too.
    @Test func everyNameThatTheShellKnowsTheConsoleKnows() {
        for (path, _) in Self.leaves {
            let help = VerbTree.all().first { $0.words.joined(separator: " ") == path }?.type._dumpHelp() ?? ""
            let custom = help.split(separator: "\"custom\"").count - 1
            // `--context` means another state; names of starters are no names of the state.
            let others = help.split(separator: "\"name\" : \"context\"").count > 1 ? 1 : 0
            let known = arguments(path).count { $0.subject != nil }
            #expect(known >= custom - others, "\(path): \(custom) with names, \(known) known")
        }
    }
}

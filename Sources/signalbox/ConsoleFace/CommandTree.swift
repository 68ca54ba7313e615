internal import ArgumentParser
internal import Console
internal import FoundationEssentials

/// The parser's own tree of verbs, for the console's command bar.
enum CommandTree {
    static var all: CommandVerb { verb(Signalbox.self, []) }

    private static func verb(_ type: any ParsableCommand.Type, _ path: [String]) -> CommandVerb {
        var below: [CommandVerb] = []
        for next in type.configuration.subcommands where next.configuration.shouldDisplay {
            below.append(verb(next, path + [next._commandName]))
        }
        let usual = type.configuration.defaultSubcommand.map { $0._commandName }
        return CommandVerb(
            type._commandName, VerbManner.of(type), below: below, usual: usual, arguments: { arguments(at: path) })
    }

    // MARK: arguments

    /// What the verb takes, but for what the console says itself: the state, how to print, that it is meant.
    static func arguments(at path: [String]) -> [CommandArgument] {
        var type: any ParsableCommand.Type = Signalbox.self
        for word in path {
            guard let next = type.configuration.subcommands.first(where: { $0._commandName == word }) else { return [] }
            type = next
        }
        // Of the verb alone: all verbs together take the parser a hundred times as long.
        guard let help = try? JSONDecoder().decode(Help.self, from: Data(type._dumpHelp().utf8)) else { return [] }
        return (help.command.arguments ?? []).filter { !$0.isOwn }.map { argument in
            CommandArgument(
                argument.words, takesValue: argument.kind != "flag", isRepeating: argument.isRepeating,
                values: argument.completionKind?.list?.values ?? argument.allValues ?? [],
                subject: subject(argument, path))
        }
    }

    private static func subject(_ argument: Help.Argument, _ path: [String]) -> CommandArgument.Subject? {
        // What is made has a name that there is not yet.
        let makes = ["add", "create", "new"].contains(path.last) && argument.words.isEmpty
        guard let value = argument.valueName, !makes || argument.completionKind?.custom != nil else { return nil }
        switch (path.first, value) {
        case ("images", "source"): return .source
        case ("images", "target"): return .target
        case ("images", "run"): return .run
        case ("images", "name"): return path.dropFirst().first == "target" ? .target : .source
        case ("email", "domain"), ("email", "rules"): return .domain
        case ("email", "worker"): return .worker
        case ("email", "name") where path.dropFirst().first == "worker": return .worker
        case ("email", "address") where path.dropFirst().first == "destination" && argument.words.isEmpty:
            return .destination
        case (_, "number") where argument.words.first == "--to": return .versionNumber
        default: break
        }
        guard argument.completionKind?.custom != nil else { return nil }
        let others: [String: CommandArgument.Subject] = [
            "app": .application, "left": .version, "right": .version, "themes": .theme,
        ]
        return others[value] ?? CommandArgument.Subject(rawValue: value)
    }

    /// What the parser tells of a verb as JSON.
    private struct Help: Decodable {
        struct Command: Decodable {
            var arguments: [Argument]?
        }

        struct Argument: Decodable {
            struct Name: Decodable {
                var kind: String
                var name: String

                var word: String { (kind == "long" ? "--" : "-") + name }
            }

            struct Completion: Decodable {
                struct List: Decodable {
                    var values: [String]
                }

                struct Custom: Decodable {}

                var list: List?
                var custom: Custom?
            }

            var kind: String
            var shouldDisplay: Bool
            var sectionTitle: String?
            var isRepeating: Bool
            var names: [Name]?
            var preferredName: Name?
            var valueName: String?
            var allValues: [String]?
            var completionKind: Completion?

            /// The usual one first.
            var words: [String] {
                let words = (names ?? []).map(\.word)
                guard let usual = preferredName?.word else { return words }
                return [usual] + words.filter { $0 != usual }
            }

            var isOwn: Bool {
                !shouldDisplay || sectionTitle == "Global options"
                    || kind == "flag" && !Set(words).isDisjoint(with: ["--help", "--version"])
            }
        }

        var command: Command
    }
}

internal import ArgumentParser
internal import ControlPlane
internal import RulesLanguage

/// A word that stands where a verb should and is none, and what may have been meant.
struct UnknownVerb {
    let word: String
    /// The verbs before it.
    let group: [String]
    /// Verbs that may be meant, as words after the program's name; the likeliest first.
    let meant: [[String]]

    /// What other tools call it.
    private static let synonyms: [String: [String]] = [
        "ls": ["list"], "get": ["show", "list"], "describe": ["show"], "info": ["show", "status"], "cat": ["show"],
        "rm": ["remove"], "delete": ["remove"], "del": ["remove"], "new": ["create", "add"], "add": ["create"],
        "create": ["add"], "update": ["change", "edit"], "set": ["change", "settings"], "deploy": ["promote"],
        "release": ["promote"], "publish": ["promote"], "revert": ["rollback"], "back": ["rollback"],
        "log": ["history", "events"], "logs": ["events", "history"], "top": ["traffic", "console"],
        "stats": ["traffic"], "tui": ["console"], "ui": ["console"], "compare": ["diff"], "run": ["serve"],
        "start": ["serve"], "upload": ["import"], "apply": ["import"], "test": ["trace", "probe"],
    ]
    private static let most = 4

    /// nil when the arguments lead to a verb, or to an option before there is one.
    init?(in arguments: [String]) {
        var type: any ParsableCommand.Type = Signalbox.self
        var group: [String] = []
        for word in arguments {
            let verbs = type.configuration.subcommands
            guard !verbs.isEmpty, !word.hasPrefix("-"), word != "help" else { return nil }
            if let next = verbs.first(where: { $0._commandName == word }) {
                type = next
                group.append(word)
                continue
            }
            // What usually needs no verb takes other words.
            guard type.configuration.defaultSubcommand == nil else { return nil }
            self.word = word
            self.group = group
            meant = Self.meant(by: word, in: type, group)
            return
        }
        return nil
    }

    private static func meant(by word: String, in type: any ParsableCommand.Type, _ group: [String]) -> [[String]] {
        let here = names(below: type)
        let other = synonyms[word] ?? []
        if let name = other.first(where: here.contains) ?? EditDistance.nearest(to: word, among: here) {
            return [group + [name]]
        }
        func named(_ all: [[String]]) -> [[String]] {
            ([word] + other).flatMap { name in all.filter { $0.last == name } }
        }
        let below = named(verbs(below: type, group))
        return Array((below.isEmpty ? named(verbs(below: Signalbox.self, [])) : below).prefix(most))
    }

    private static func names(below type: any ParsableCommand.Type) -> [String] {
        shown(below: type).map { $0._commandName }
    }

    private static func verbs(below type: any ParsableCommand.Type, _ path: [String]) -> [[String]] {
        shown(below: type).flatMap { next in
            [path + [next._commandName]] + verbs(below: next, path + [next._commandName])
        }
    }

    private static func shown(below type: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        type.configuration.subcommands.filter { $0.configuration.shouldDisplay }
    }

    /// - Parameter arguments: the whole command line, of which the rest is kept where one verb is meant.
    func report(_ arguments: [String], help: String) -> ErrorReport {
        let message =
            group.isEmpty ? "there is no verb '\(word)'" : "'\(group.joined(separator: " "))' has no verb '\(word)'"
        let place = Self.line(arguments)
        guard let first = meant.first, meant.count == 1 else {
            return ErrorReport(
                .usage, at: place, message, remedy: help,
                details: meant.map { "there is: \(Self.line($0))" })
        }
        var report = ErrorReport(
            .usage, at: place, message, remedy: Self.line(first + arguments.dropFirst(group.count + 1)))
        // The verb that is meant may want more words than were given.
        report.fallback = Self.line(first + ["--help"])
        return report
    }

    static func line(_ words: [String]) -> String {
        (["signalbox"] + words).map(ShellWord.quoted).joined(separator: " ")
    }
}

internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// The command bar's language: the words of the command line, and which of them the console asks about itself.
enum CommandWords {
    /// Words that are lists here and commands there, with an answer of their own as a command.
    static let answers: Set<String> = ["status"]

    /// Whether a command changes nothing.
    static func isReading(_ words: [String], _ commands: CommandVerb) -> Bool {
        commands.verb(for: words).verb.manner == .reads && !words.contains("--unsafe")
    }

    /// Words as a shell reads them, the program's own name left out.
    static func split(_ text: String) -> [String] {
        let words = ShellWord.split(text)
        return words.first == "signalbox" ? Array(words.dropFirst()) : words
    }

    /// Why a command cannot be given here; nil: it can.
    static func refusal(_ words: [String], _ commands: CommandVerb, _ keys: Keymap<KeyCommand>) -> TerminalText? {
        let manner = commands.verb(for: words).verb.manner
        if manner == .edits {
            return words.first == "version"
                ? "press \(keys.key(.edit)) on the version: the editor needs the terminal"
                : "the editor needs a terminal of its own"
        }
        if manner == .stays || ["--watch", "--follow"].contains(where: { words.contains($0) }) {
            return "it does not end by itself: run it in a terminal of its own"
        }
        if let option = ["--state", "--context"].first(where: { word in words.contains { $0.hasPrefix(word) } }) {
            return "\(Words.text(option)) would mean another state than the one that is shown here"
        }
        return nil
    }

    /// Changes that the console asks about itself, with the plan before the eyes.
    static func operation(
        _ words: [String], _ picture: Picture?, environment: ResourceName?, actor: String
    ) -> Operation? {
        var options: [String: String] = [:]
        var plain: [String] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--") else {
                plain.append(word)
                continue
            }
            // An option that the dialog does not know: the command line does it.
            guard ["--to", "--env"].contains(word), let value = rest.popFirst() else { return nil }
            options[word] = value
        }
        let target = (options["--env"] ?? options["--to"]).flatMap { ResourceName(rawValue: $0) }
        switch (plain.first, plain.count) {
        case ("promote", 2):
            guard let name = ResourceName(rawValue: plain[1]), options["--env"] == nil,
                let target = options["--to"] == nil ? environment ?? picture?.highest : target
            else { return nil }
            return .promote(name, to: target)
        case ("rollback", 2):
            guard let name = ResourceName(rawValue: plain[1]),
                let place = options["--env"].map({ ResourceName(rawValue: $0) }) ?? environment ?? picture?.highest
            else { return nil }
            guard let to = options["--to"] else { return .rollback(name, in: place) }
            return Int(to).map { .rollback(name, in: place, to: $0) }
        case ("undo", 1): return options.isEmpty ? .undo(nil) : nil
        case ("undo", 2): return Int(plain[1]).map { .undo($0) }
        case ("rule", 3) where ["enable", "disable"].contains(plain[1]):
            return ResourceName(rawValue: plain[2]).map { .setEnabled($0, plain[1] == "enable") }
        case ("version", 3) where plain[1] == "lock" && options.isEmpty:
            return VersionReference(plain[2]).flatMap { reference in
                guard case .number(let number) = reference.selector else { return nil }
                return .lock(Place.VersionLabel(reference.application, number))
            }
        case ("staging", 3) where plain[1] == "release" && options.isEmpty:
            return .release(plain[2], holder: actor)
        case ("env", 4) where plain[1] == "assign":
            guard let place = ResourceName(rawValue: plain[2]), let reference = VersionReference(plain[3]),
                case .number(let number) = reference.selector
            else { return nil }
            return .assign(Place.VersionLabel(reference.application, number), to: place)
        default: return nil
        }
    }
}

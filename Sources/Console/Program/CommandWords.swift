internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// The command bar's language: the words of the command line.
enum CommandWords {
    static let verbs = [
        "app", "audit", "completions", "config", "doctor", "email", "env", "history", "init", "lint", "list", "node",
        "plan",
        "promote", "rollback", "rule", "rules", "staging", "state", "status", "theme", "trace", "undo", "version",
        "zone", "images",
    ]

    /// Words that are lists here and commands there, with an answer of their own as a command.
    static let answers: Set<String> = ["status"]

    static let subverbs: [String: [String]] = [
        "app": ["create", "list", "remove", "show"], "audit": ["list", "verify"],
        "config": ["path", "set", "show", "unset"],
        "email": [
            "activity", "catch-all", "destination", "dns", "domain", "explain", "history", "plan", "postfix", "promote",
            "replay", "rollback", "rule", "ruleset", "stats", "worker",
        ],
        "env": ["assign", "change", "create", "list", "remove", "show"], "history": ["list", "show"],
        "node": ["create", "list", "remove", "show", "token"], "plan": ["assign", "promote", "rollback", "undo"],
        "rule": [
            "add", "change", "disable", "effective", "enable", "lint", "list", "move", "pin", "remove", "show", "unpin",
        ],
        "rules": ["check", "compare", "eval", "explain", "fields", "fmt", "functions", "lint"],
        "staging": ["curl", "hosts-line", "list", "probe", "release", "reserve"],
        "state": ["backup", "check", "path"],
        "images": [
            "abort", "migrate", "pause", "report", "resume", "retry", "source", "status", "survey", "target", "tune",
        ],
        "version": [
            "apply", "check", "create", "diff", "export", "lint", "list", "lock", "note", "show", "tag", "untag",
        ],
        "zone": ["diff", "example", "export", "import", "lint", "list", "remove", "show"],
    ]

    private static let readingSubverbs: Set<String> = [
        "list", "show", "effective", "check", "compare", "eval", "explain", "fields", "fmt", "functions", "lint",
        "curl",
        "hosts-line", "probe", "path", "diff", "export", "verify", "example", "preview",
    ]

    /// Whether a command changes nothing.
    static func isReading(_ words: [String]) -> Bool {
        switch words.first {
        case "status", "doctor", "completions", "rules", "audit", "history", "plan", "theme", "traffic", "events": true
        case "images":
            ["report", "status", "survey"].contains(words.dropFirst().first)
                || ["check", "list", "show"].contains(words.dropFirst(2).first)
        case "trace": !words.contains("--unsafe")
        case "env", "zone", "version", "app", "rule", "staging", "state", "node", "config", "list":
            readingSubverbs.contains(words.dropFirst().first ?? "list") && !words.contains("--unsafe")
        case "email":
            ["activity", "explain", "history", "plan", "replay", "stats"].contains(words.dropFirst().first)
                || readingSubverbs.contains(words.dropFirst(2).first ?? "") && words.dropFirst().first != "dns"
        default: false
        }
    }

    /// Words as a shell reads them, the program's own name left out.
    static func split(_ text: String) -> [String] {
        let words = ShellWord.split(text)
        return words.first == "signalbox" ? Array(words.dropFirst()) : words
    }

    /// Why a command cannot be given here; nil: it can.
    static func refusal(_ words: [String], _ keys: Keymap<KeyCommand>) -> TerminalText? {
        if words.starts(with: ["version", "edit"]) {
            return "press \(keys.key(.edit)) on the version: the editor needs the terminal"
        }
        if words.starts(with: ["email", "worker", "edit"]) { return "the editor needs a terminal of its own" }
        if words.starts(with: ["node", "run"]) || ["--watch", "--follow"].contains(where: { words.contains($0) }) {
            return "it does not end by itself: run it in a terminal of its own"
        }
        if let option = ["--state", "--context"].first(where: { word in words.contains { $0.hasPrefix(word) } }) {
            return "\(Words.text(option)) would mean another state than the one that is shown here"
        }
        return nil
    }

    /// What may come after these words: verbs below a verb, then the names that the verb is about, then options.
    static func continuations(_ words: [String], _ picture: Picture?, themes: [String]) -> [String] {
        guard let first = words.first else { return [] }
        if words.count == 1, let below = subverbs[first] {
            return below
        }
        // What an option before takes.
        switch words.last {
        case "--env"?: return environments(picture)
        case "--to"?: return environments(picture) + numbers(of: words, picture)
        case "--use"?, "--app"?: return applications(picture)
        case "--zone"?: return picture?.zones.map(\.name) ?? []
        default: break
        }
        let names: [String] =
            switch (first, words.count > 1 ? words[1] : "") {
            case ("theme", _): themes
            case ("mouse", _): ["on", "off"]
            case ("rollback", _), ("app", _), ("promote", _): applications(picture)
            case ("version", "create"), ("version", "list"): applications(picture)
            case ("version", _), ("staging", "reserve"), ("staging", "probe"): versions(picture)
            case ("staging", _): picture?.staging.map(\.address) ?? []
            case ("rule", _): picture?.routing.map(\.name.rawValue) ?? []
            case ("node", _): picture?.status.nodes.map(\.node.name.rawValue) ?? []
            case ("zone", _): picture?.zones.map(\.name) ?? []
            case ("env", "assign") where words.count > 2: versions(picture)
            case ("env", _): environments(picture)
            case ("undo", _), ("history", _): picture?.deployments.prefix(50).map { "\($0.deployment.id)" } ?? []
            case ("plan", "promote"), ("plan", "rollback"): applications(picture)
            default: []
            }
        let options: [String] =
            switch first {
            case "promote": ["--to", "--reason"]
            case "rollback": ["--env", "--to", "--reason"]
            case "rule": ["--if", "--use", "--before", "--after", "--reason"]
            case "staging": ["--for", "--address", "--force"]
            case "trace": ["--method", "--header", "--ip", "--country", "--env", "--version"]
            default: ["--reason"]
            }
        let given = Set(words)
        return names.sorted().filter { !given.contains($0) } + options.filter { !given.contains($0) }
    }

    private static func applications(_ picture: Picture?) -> [String] {
        picture?.status.applications.map(\.application.name.rawValue) ?? []
    }

    private static func environments(_ picture: Picture?) -> [String] {
        picture?.environments.map(\.environment.name.rawValue) ?? []
    }

    private static func versions(_ picture: Picture?) -> [String] {
        picture?.versions.values.flatMap { $0.map(\.version.label) } ?? []
    }

    /// Versions of the application that is named, as `rollback --to` takes them.
    private static func numbers(of words: [String], _ picture: Picture?) -> [String] {
        guard words.first == "rollback", words.count > 1, let name = ResourceName(rawValue: words[1]) else { return [] }
        return picture?.versions[name]?.map { "\($0.version.number)" } ?? []
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

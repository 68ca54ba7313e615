internal import ControlPlane
internal import EdgeModel
internal import RulesLanguage
internal import TerminalUI

/// What is typed at the foot of the screen: filters, and the commands of the command line.
extension Console {
    static func typed(
        _ key: KeyPress, _ model: inout ConsoleModel, at now: Instant
    ) -> [Command<Effect, Message>] {
        guard let kind = model.prompt?.kind, let outcome = model.prompt?.handle(key) else { return [] }
        switch outcome {
        case .edited:
            complete(&model)
            applyFilter(&model)
        case .walked: applyFilter(&model)
        case .ignored: break
        case .cancelled:
            model.prompt = nil
            if kind == .filter { model.screen.filter("") }
        case .accepted(let text):
            model.prompt = nil
            if kind == .command { return command(text, &model, at: now) }
        }
        return []
    }

    /// Opens the bar.
    static func ask(_ kind: Prompt.Kind, text: String = "", _ model: inout ConsoleModel) {
        model.prompt = Prompt(kind, text: text, history: kind == .command ? model.promptHistory : [])
        complete(&model)
    }

    static func complete(_ model: inout ConsoleModel) {
        guard let prompt = model.prompt, prompt.kind == .command else { return }
        let found = candidates(model).filter { $0.hasPrefix(prompt.text) && $0 != prompt.text }
        model.prompt?.candidates = found
    }

    static func applyFilter(_ model: inout ConsoleModel) {
        guard let prompt = model.prompt, prompt.kind == .filter else { return }
        model.screen.filter(prompt.text)
    }

    /// What a command may begin with: lists, verbs, and names where a verb takes one.
    static func candidates(_ model: ConsoleModel) -> [String] {
        let text = model.prompt?.text ?? ""
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count > 1 else {
            let known = ScreenTable.rows.map(\.word) + model.setup.commands.below.map(\.name) + ["mouse", "quit"]
            return Set(known).sorted()
        }
        let head = words.dropLast().joined(separator: " ") + " "
        let given = words.dropLast().map { String($0) }
        if given == ["mouse"] { return ["on", "off"].map { head + $0 } }
        // A theme is tried on here by its name alone.
        let themes = given == ["theme"] ? model.setup.themes : []
        let completion = CommandCompletion(
            commands: model.setup.commands, picture: model.picture, themes: model.setup.themes, others: model.names)
        return (themes + completion.candidates(after: given)).map { head + $0 }
    }

    /// A list's name, a path, or a command of the command line.
    private static func command(_ text: String, _ model: inout ConsoleModel, at now: Instant) -> [Command<
        Effect, Message
    >] {
        let words = CommandWords.split(text)
        guard let first = words.first else { return [] }
        model.promptHistory = Prompt.remember(text, in: model.promptHistory)
        if ["q", "quit", "exit"].contains(first) { return [.quit()] }
        if first == "mouse" {
            model.hasMouse = words.dropFirst().first.map { $0 != "off" } ?? !model.hasMouse
            model.say(
                .info,
                model.hasMouse
                    ? "clicks and the wheel are the console's; Shift gives them to the terminal; :mouse off"
                    : "clicks and the wheel are the terminal's", at: now)
            return []
        }
        if first == "theme", words.count == 2, words[1] != "list" {
            return [.run(.readTheme(words[1]), id: "theme")]
        }
        let names = model.picture?.status.applications.map(\.application.name) ?? []
        let environments = model.picture?.environments.map(\.environment.name) ?? []
        if words.count == 1, Place.read(first, environments: environments, applications: names) != nil,
            !CommandWords.answers.contains(first)
        {
            return go(toPath: first, &model, at: now)
        }
        return command(words, &model, at: now)
    }

    /// Shown and asked about here whatever the command line would do without asking.
    static func command(_ words: [String], _ model: inout ConsoleModel, at now: Instant) -> [Command<
        Effect, Message
    >] {
        // The yes comes after the plan was seen.
        let end = words.firstIndex(of: "--") ?? words.endIndex
        let words = words[..<end].filter { !["--yes", "-y"].contains($0) } + words[end...]
        guard let first = words.first else { return [] }
        if let operation = CommandWords.operation(
            words, model.picture, environment: model.environment, actor: model.setup.actor)
        {
            return start(operation, &model, at: now)
        }
        let commands = model.setup.commands
        guard commands.below.contains(where: { $0.name == first }) else {
            let known = ScreenTable.rows.map(\.word) + commands.below.map(\.name)
            let meant: TerminalText =
                EditDistance.nearest(to: first, among: known).map { "did you mean '\(Words.text($0))'?" }
                ?? "\(model.setup.keys.key(.help)) shows both"
            model.say(.error, "'\(Words.text(first))' is neither a list nor a command; \(meant)", at: now)
            return []
        }
        if let why = CommandWords.refusal(words, commands, model.setup.keys) {
            model.say(.warning, why, at: now)
            return []
        }
        if model.setup.isReadOnly, !CommandWords.isReading(words, commands) {
            model.say(.warning, "this console only reads (--read-only)", at: now)
            return []
        }
        return run(words, &model, at: now)
    }

    static func run(_ words: [String], _ model: inout ConsoleModel, at now: Instant) -> [Command<
        Effect, Message
    >] {
        model.say(.info, "running \(Words.text(model.command(words)))", at: now, seconds: 30)
        model.tokens += 1
        let id = EffectID("command.\(model.tokens)")
        model.running.append(id)
        return [.run(.run(words, id), id: id)]
    }
}

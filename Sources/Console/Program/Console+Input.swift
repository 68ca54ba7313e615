internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// Keys, resizing, pasting.
extension Console {
    static func take(_ event: InputEvent, _ model: inout ConsoleModel, at now: Instant) -> [Command<Effect, Message>] {
        switch event {
        case .resize(let size):
            model.size = size
            model.screen.table.resize(rows: ScreenLayout(model).page)
            model.refreshScreen(at: now)
            return []
        case .terminated(let reason):
            switch reason {
            case .signal(let number): return [.quit(status: 128 + number)]
            case .lost: return [.quit(status: 129)]
            }
        case .paste(let text):
            model.prompt?.paste(text)
            complete(&model)
            applyFilter(&model)
            return []
        case .key(let key): return press(key, &model, at: now)
        // Whoever comes back from an editor may have changed the theme there.
        case .focus(true): return [.run(.readTheme(model.theme.name), id: "theme")]
        case .mouse, .focus, .resumed: return []
        }
    }

    private static func press(_ key: KeyPress, _ model: inout ConsoleModel, at now: Instant) -> [Command<
        Effect, Message
    >] {
        if key.name == "Ctrl-Z" { return [.suspend] }
        if key.name == "Ctrl-L" { return [.repaint] }
        if key.name == "Ctrl-C", let commands = interrupt(&model, at: now) { return commands }
        if model.prompt != nil { return typed(key, &model, at: now) }
        if let overlay = model.overlay { return answer(overlay, key, &model, at: now) }
        switch model.setup.keys.press(key, &model.pressed, in: [], at: now) {
        case .action(let action): return perform(action, &model, at: now)
        case .pending: return []
        case .unbound(let keys):
            if keys.count == 1, case .character = key.key {
                model.say(.info, "\(Words.text(key.name)) does nothing here; ? shows what does", at: now, seconds: 3)
            }
            return []
        }
    }

    /// Twice within a second it ends the console; once it closes what is open.
    private static func interrupt(_ model: inout ConsoleModel, at now: Instant) -> [Command<Effect, Message>]? {
        if let before = model.interruptedAt, now.since(before) < 1_000 { return [.quit(status: 130)] }
        model.interruptedAt = now
        guard model.overlay == nil, model.prompt == nil else { return nil }
        model.say(.info, "Ctrl-C once more, or Q, ends the console", at: now, seconds: 2)
        return []
    }

    // MARK: what lies over the screen

    private static func answer(
        _ overlay: ConsoleModel.Overlay, _ key: KeyPress, _ model: inout ConsoleModel, at now: Instant
    ) -> [Command<Effect, Message>] {
        switch overlay {
        case .change(var dialog):
            let answer = dialog.handle(key, at: now)
            model.overlay = .change(dialog)
            switch answer {
            case .stay: return []
            case .close:
                model.closeOverlay()
                return [.cancel("plan")]
            case .apply:
                guard let plan = dialog.plan else { return [] }
                return [.run(.apply(dialog.token, plan, dialog.options), id: "apply")]
            }
        case .typed(var dialog):
            let answer = dialog.handle(key, at: now)
            model.overlay = .typed(dialog)
            if answer != .stay { model.closeOverlay() }
            return answer == .confirm ? [.run(.perform(dialog.operation), id: "perform")] : []
        case .text(var page):
            if key.name == "e", let label = page.edits {
                model.closeOverlay()
                return start(.edit(label), &model, at: now)
            }
            let isClosed = page.handle(key, height: ScreenLayout(model).page)
            if key.name == "Y" || key.name == "y" { return [.copy(page.plain)] }
            model.overlay = .text(page)
            if isClosed { model.closeOverlay() }
            return []
        case .help(var page):
            switch key.name {
            case "Esc", "Enter": model.overlay = nil
            // Letters only ever type here.
            case "?" where page.query.isEmpty: model.overlay = nil
            case "Down": page.top += 1
            case "Up": page.top = max(0, page.top - 1)
            case "PgDn": page.top += 10
            case "PgUp": page.top = max(0, page.top - 10)
            case "Backspace": if !page.query.isEmpty { page.query.removeLast() }
            default: if let scalar = key.typed { page.query.unicodeScalars.append(scalar) }
            }
            if case .help = model.overlay { model.overlay = .help(page) }
            return []
        case .environments(let index): return chooseEnvironment(index, key, &model, at: now)
        case .themes(let index, let before): return chooseTheme(index, before, key, &model, at: now)
        }
    }

    private static func chooseEnvironment(
        _ index: Int, _ key: KeyPress, _ model: inout ConsoleModel, at now: Instant
    ) -> [Command<Effect, Message>] {
        let names = (model.picture?.environments.reversed() ?? []).map(\.environment.name)
        switch key.name {
        case "Down", "j": model.overlay = .environments(index: min(index + 1, max(0, names.count - 1)))
        case "Up", "k": model.overlay = .environments(index: max(0, index - 1))
        case "Enter":
            if names.indices.contains(index) { model.environment = names[index] }
            model.closeOverlay()
            model.refreshScreen(at: now)
        case "Esc", "q": model.closeOverlay()
        default: break
        }
        return []
    }

    /// Each theme is shown while it is under the cursor.
    private static func chooseTheme(
        _ index: Int, _ before: ResolvedTheme, _ key: KeyPress, _ model: inout ConsoleModel, at now: Instant
    ) -> [Command<Effect, Message>] {
        var index = index
        switch key.name {
        case "Down", "j": index = min(index + 1, max(0, model.setup.themes.count - 1))
        case "Up", "k": index = max(0, index - 1)
        case "Enter":
            model.closeOverlay()
            model.say(
                .info,
                "theme \(Words.text(model.theme.name)) until this console ends; SIGNALBOX_THEME=\(Words.text(model.theme.name)) keeps it",
                at: now)
            return [.cancel("picker")]
        case "Esc", "q":
            model.theme = before
            model.closeOverlay()
            return [.cancel("picker"), .cancel("theme")]
        default: return []
        }
        model.overlay = .themes(index: index, before: before)
        return preview(model)
    }

    static func preview(_ model: ConsoleModel) -> [Command<Effect, Message>] {
        guard case .themes(let index, _)? = model.overlay, model.setup.themes.indices.contains(index) else { return [] }
        return [
            .run(.readTheme(model.setup.themes[index]), id: "theme"), .after(milliseconds: 1_000, .tick, id: "picker"),
        ]
    }

    // MARK: the prompt

    private static func typed(
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

    private static func complete(_ model: inout ConsoleModel) {
        guard let prompt = model.prompt, prompt.kind == .command else { return }
        let found = candidates(model).filter { $0.hasPrefix(prompt.text) && $0 != prompt.text }
        model.prompt?.candidates = found
    }

    private static func applyFilter(_ model: inout ConsoleModel) {
        guard let prompt = model.prompt, prompt.kind == .filter else { return }
        model.screen.filter(prompt.text)
    }

    /// What a command may begin with: lists, verbs, and names where a verb takes one.
    static func candidates(_ model: ConsoleModel) -> [String] {
        let text = model.prompt?.text ?? ""
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count > 1 else {
            return (Place.roots.map(\.word) + CommandWords.verbs + ["quit"]).sorted()
        }
        let head = words.dropLast().joined(separator: " ") + " "
        let picture = model.picture
        let applications = picture?.status.applications.map(\.application.name.rawValue) ?? []
        let versions = picture?.versions.values.flatMap { $0.map(\.version.label) } ?? []
        let environments = picture?.environments.map(\.environment.name.rawValue) ?? []
        let rules = picture?.routing.map(\.name.rawValue) ?? []
        let nodes = picture?.status.nodes.map(\.node.name.rawValue) ?? []
        let names = applications + versions + environments + rules + nodes + (picture?.zones.map(\.name) ?? [])
        let subverbs = words.count == 2 ? CommandWords.subverbs[String(words[0])] ?? [] : []
        return (subverbs + ["--env", "--to", "--reason"] + names).map { head + $0 }.sorted()
    }

    /// A list's name, a path, or a command of the command line.
    private static func command(_ text: String, _ model: inout ConsoleModel, at now: Instant) -> [Command<
        Effect, Message
    >] {
        let words = CommandWords.split(text)
        guard let first = words.first else { return [] }
        model.promptHistory = Prompt.remember(text, in: model.promptHistory)
        if ["q", "quit", "exit"].contains(first) { return [.quit()] }
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
        if let operation = CommandWords.operation(words, model.picture, environment: model.environment) {
            return start(operation, &model, at: now)
        }
        guard CommandWords.verbs.contains(first) else {
            model.say(.error, "'\(Words.text(first))' is neither a list nor a command; ? shows both", at: now)
            return []
        }
        if let why = CommandWords.refusal(words) {
            model.say(.warning, why, at: now)
            return []
        }
        if model.setup.isReadOnly, !CommandWords.isReading(words) {
            model.say(.warning, "this console only reads (--read-only)", at: now)
            return []
        }
        model.say(.info, "running \(Words.text(model.command(words)))", at: now, seconds: 30)
        return [.run(.run(words))]
    }
}

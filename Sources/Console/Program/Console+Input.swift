internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// Keys, resizing, pasting.
extension Console {
    static func take(_ event: InputEvent, _ model: inout ConsoleModel, at now: Instant) -> [Command<Effect, Message>] {
        switch event {
        case .resize(let size):
            model.size = size
            model.resize()
            model.refreshScreen(at: now)
            return []
        case .terminated(let reason):
            switch reason {
            case .signal(let number): return [.quit(status: 128 + number)]
            case .lost: return [.quit(status: 129)]
            }
        case .paste(let text):
            if model.prompt == nil, let overlay = model.overlay { return answer(overlay, event, &model, at: now) }
            model.prompt?.paste(text)
            complete(&model)
            applyFilter(&model)
            return []
        case .key(let key):
            model.lastKey = key
            return press(key, &model, at: now)
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
        if let overlay = model.overlay { return answer(overlay, .key(key), &model, at: now) }
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
        if !model.running.isEmpty {
            model.say(.info, "the command is asked to end", at: now, seconds: 5)
            return model.running.map { .cancel($0) }
        }
        guard model.overlay == nil, model.prompt == nil else { return nil }
        model.say(.info, "Ctrl-C once more, or Q, ends the console", at: now, seconds: 2)
        return []
    }

    // MARK: what lies over the screen

    private static func answer(
        _ overlay: ConsoleModel.Overlay, _ event: InputEvent, _ model: inout ConsoleModel, at now: Instant
    ) -> [Command<Effect, Message>] {
        switch overlay {
        case .change(var dialog):
            let answer = dialog.handle(event, at: now)
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
        case .typed(let operation, var dialog):
            let outcome = dialog.handle(event, at: now)
            model.overlay = .typed(operation, dialog)
            switch outcome {
            case .cancelled: model.closeOverlay()
            case .pressed:
                model.closeOverlay()
                return perform(operation, &model, at: now)
            default: break
            }
            return []
        default: break
        }
        guard case .key(let key) = event else {
            wheel(event, overlay, &model)
            return []
        }
        switch overlay {
        case .text(var page):
            if key.name == "e", let label = page.edits {
                model.closeOverlay()
                return start(.edit(label), &model, at: now)
            }
            if key.name == "Y" || key.name == "y" { return [.copy(page.pager.plain)] }
            let isClosed = page.handle(key)
            model.overlay = .text(page)
            if isClosed { model.closeOverlay() }
            return []
        case .help(var help):
            let outcome = help.handle(key)
            model.overlay = .help(help)
            if outcome == .closed || key.name == "Ctrl-C" { model.closeOverlay() }
            return []
        case .environments(var menu):
            let outcome = menu.handle(key)
            model.overlay = .environments(menu)
            if case .chosen(let name) = outcome { model.environment = name }
            if outcome.closes {
                model.closeOverlay()
                model.refreshScreen(at: now)
            }
            return []
        case .themes(var menu, let before): return chooseTheme(&menu, before, key, &model, at: now)
        case .change, .typed: return []
        }
    }

    /// The wheel scrolls what is read.
    private static func wheel(_ event: InputEvent, _ overlay: ConsoleModel.Overlay, _ model: inout ConsoleModel) {
        guard case .mouse(let mouse) = event, case .text(var page) = overlay else { return }
        for _ in 0..<3 {
            if mouse.action == .wheelUp { page.pager.handle(.up) }
            if mouse.action == .wheelDown { page.pager.handle(.down) }
        }
        model.overlay = .text(page)
    }

    /// Each theme is shown while it is under the cursor.
    private static func chooseTheme(
        _ menu: inout Menu<String>, _ before: ResolvedTheme, _ key: KeyPress, _ model: inout ConsoleModel,
        at now: Instant
    ) -> [Command<Effect, Message>] {
        switch menu.handle(key) {
        case .chosen:
            model.closeOverlay()
            model.say(
                .info,
                "theme \(Words.text(model.theme.name)) until this console ends; SIGNALBOX_THEME=\(Words.text(model.theme.name)) keeps it",
                at: now)
            return [.cancel("picker")]
        case .cancelled:
            model.theme = before
            model.closeOverlay()
            return [.cancel("picker"), .cancel("theme")]
        case .changed:
            model.overlay = .themes(menu, before: before)
            return preview(model)
        case .ignored: return []
        }
    }

    static func preview(_ model: ConsoleModel) -> [Command<Effect, Message>] {
        guard case .themes(let menu, _)? = model.overlay, let name = menu.selected?.choice else { return [] }
        return [.run(.readTheme(name), id: "theme"), .after(milliseconds: 1_000, .tick, id: "picker")]
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
        model.tokens += 1
        let id = EffectID("command.\(model.tokens)")
        model.running.append(id)
        return [.run(.run(words, id), id: id)]
    }
}

extension Menu.Outcome {
    /// Whether the menu has done its work.
    var closes: Bool {
        switch self {
        case .chosen, .cancelled: true
        case .changed, .ignored: false
        }
    }
}

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
        case .mouse(let mouse): return point(mouse, &model, at: now)
        case .focus, .resumed: return []
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
        case .action(.action(let action)): return perform(action, &model, at: now)
        case .action(.go(let word)):
            return ScreenTable.row(word).map { go(to: $0.place, &model, at: now) } ?? []
        case .pending: return []
        case .unbound(let keys):
            if keys.count == 1, case .character = key.key {
                model.say(
                    .info, "\(Words.text(key.name)) does nothing here; \(model.setup.keys.key(.help)) shows what does",
                    at: now, seconds: 3)
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
        model.say(.info, "Ctrl-C once more, or \(model.setup.keys.key(.quit)), ends the console", at: now, seconds: 2)
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
                // Whoever says no to one of several says no to the rest.
                (model.queue, model.queued) = ([], 0)
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
        case .command(let words, let printed, var dialog):
            let outcome = dialog.handle(event, at: now)
            model.overlay = .command(words, printed: printed, dialog)
            if case .pressed = outcome {
                model.closeOverlay()
                return run(CommandDialog.confirmed(words, printed: printed), &model, at: now)
            }
            if outcome == .cancelled { model.closeOverlay() }
            return []
        case .form(var form):
            let outcome = form.handle(event)
            model.overlay = .form(form)
            guard outcome != .stay else { return [] }
            model.closeOverlay()
            if case .run(let words) = outcome { return command(words, &model, at: now) }
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
        case .columns(var menu):
            let outcome = menu.handle(key)
            if case .chosen(let id) = outcome { switchColumn(id, &menu, &model, at: now) }
            model.overlay = .columns(menu)
            if outcome == .cancelled { model.closeOverlay() }
            return []
        // Any key brings the screen back.
        case .plain:
            model.closeOverlay()
            return [.repaint]
        case .change, .typed, .command, .form: return []
        }
    }

    /// A column is shown or not; the last one stays.
    private static func switchColumn(
        _ id: String, _ menu: inout Menu<String>, _ model: inout ConsoleModel, at now: Instant
    ) {
        let kind = model.screen.place.kind
        var hidden = model.hidden[kind] ?? []
        if hidden.remove(id) == nil {
            guard hidden.count + 1 < menu.items.count else { return }
            hidden.insert(id)
        }
        model.hidden[kind] = hidden
        menu.set(id, isOn: !hidden.contains(id))
        model.refreshScreen(at: now)
    }

    /// A click puts the cursor on a row, a second one opens it; the wheel moves what is under it.
    private static func point(
        _ mouse: MouseEvent, _ model: inout ConsoleModel, at now: Instant
    ) -> [Command<Effect, Message>] {
        guard model.hasMouse, model.prompt == nil else { return [] }
        if let overlay = model.overlay { return answer(overlay, .mouse(mouse), &model, at: now) }
        let inner = ScreenLayout(model).main.inset(1, 1)
        guard inner.contains(mouse.point) else { return [] }
        guard let screen = model.screen.place.screen else {
            let move: DiffMove? = mouse.action == .wheelUp ? .up : mouse.action == .wheelDown ? .down : nil
            for _ in 0..<3 { if let move { model.screen.read(move) } }
            return []
        }
        if screen == MapScreen.self {
            if mouse.action == .wheelUp { model.screen.map.handle(.up) }
            if mouse.action == .wheelDown { model.screen.map.handle(.down) }
            return []
        }
        model.screen.table.handle(mouse, in: inner, at: now)
        return mouse.action == .doublePress && mouse.point.row > inner.row ? perform(.open, &model, at: now) : []
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
        case .chosen(let name):
            model.closeOverlay()
            return [.cancel("picker"), .run(.keepTheme(name), id: "keep")]
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
            return (ScreenTable.rows.map(\.word) + CommandWords.verbs + ["mouse", "quit"]).sorted()
        }
        let head = words.dropLast().joined(separator: " ") + " "
        let given = words.dropLast().map { String($0) }
        return CommandWords.continuations(given, model.picture, themes: model.setup.themes).map { head + $0 }
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
    private static func command(_ words: [String], _ model: inout ConsoleModel, at now: Instant) -> [Command<
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
        guard CommandWords.verbs.contains(first) else {
            model.say(
                .error,
                "'\(Words.text(first))' is neither a list nor a command; \(model.setup.keys.key(.help)) shows both",
                at: now)
            return []
        }
        if let why = CommandWords.refusal(words, model.setup.keys) {
            model.say(.warning, why, at: now)
            return []
        }
        if model.setup.isReadOnly, !CommandWords.isReading(words) {
            model.say(.warning, "this console only reads (--read-only)", at: now)
            return []
        }
        return run(words, &model, at: now)
    }

    private static func run(_ words: [String], _ model: inout ConsoleModel, at now: Instant) -> [Command<
        Effect, Message
    >] {
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

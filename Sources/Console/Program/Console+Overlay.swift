internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// Keys for what lies over the screen, and the mouse.
extension Console {
    static func answer(
        _ overlay: ConsoleModel.Overlay, _ event: InputEvent, _ model: inout ConsoleModel, at now: Instant
    ) -> [Command<Effect, Message>] {
        switch overlay {
        case .change(var dialog):
            let isEarly = dialog.isAnswered(by: event) && now < dialog.dialog.deafUntil
            let answer = dialog.handle(event, at: now)
            model.overlay = .change(dialog)
            if isEarly { model.say(.info, "that was too early to have been read: once more", at: now, seconds: 4) }
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
            case .pressed(let button):
                model.closeOverlay()
                if case .edit = operation.act, let label = Place.VersionLabel(button[...]) { return edit(label, model) }
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
            guard case .run(let words) = outcome else { return [] }
            model.entered = (form, words)
            return command(words, &model, at: now)
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
            guard outcome == .cancelled else { return [] }
            model.closeOverlay()
            let kind = model.screen.place.kind
            let (chosen, kept) = (model.hidden[kind] ?? [], model.keptHidden[kind] ?? [])
            guard chosen != kept else { return [] }
            model.keptHidden[kind] = chosen
            return [.run(.keep(.hidden(chosen, kind: kind)), id: "keep")]
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
    static func point(
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
            return [.cancel("picker"), .run(.keep(.theme(name)), id: "keep")]
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

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
}

internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// Which keys do something here, the most useful first.
enum HintsView {
    static func draw(_ model: ConsoleModel, into surface: inout Surface, in rect: Rect, at now: Instant) {
        surface.fill(rect)
        // Help is there however narrow it is.
        let help = StyledLine("?", .hintKey) + StyledLine(" help", .hintLabel)
        let end = rect.endColumn - help.width - 1
        surface.put(help, at: Point(end, rect.row), within: rect)
        var column = rect.column + 1
        for (key, label, isOn) in hints(model, at: now) {
            let width = key.width + 1 + label.width
            guard column + width + 1 < end else { break }
            surface.put(key, at: Point(column, rect.row), style: CellStyle(isOn ? .hintKey : .textDisabled))
            surface.put(
                label, at: Point(column + key.width + 1, rect.row), style: CellStyle(isOn ? .hintLabel : .textDisabled))
            column += width + 2
        }
    }

    private static func opens(_ model: ConsoleModel, at now: Instant) -> Bool {
        guard let screen = model.screen.place.screen, let context = model.context(at: now),
            let id = model.screen.table.selected
        else { return false }
        return screen.inner(id, context) != nil
    }

    static func hints(_ model: ConsoleModel, at now: Instant) -> [(key: TerminalText, label: TerminalText, isOn: Bool)]
    {
        if model.pressed.isPending {
            return model.setup.keys.continuations(model.pressed, in: []).map { ($0.keys, $0.title, true) }
        }
        var hints: [(TerminalText, TerminalText, Bool)] = []
        if let context = model.context(at: now) {
            let actions: [Action] = [
                .promote, .rollback, .undo, .assign, .edit, .difference, .draft, .lock, .toggle, .moveUp, .moveDown,
                .release,
            ]
            for action in actions {
                let offer: Offer
                if let screen = model.screen.place.screen {
                    var context = context
                    context.content = model.screen.content
                    offer = screen.offer(action, model.screen.table.selected, context)
                } else {
                    offer = .none
                }
                guard offer != .none,
                    let binding = model.setup.keys.bindings.first(where: { $0.action == action }),
                    let sequence = binding.sequences.first
                else { continue }
                var isOn = true
                if case .unavailable = offer { isOn = false }
                if action.isChange, model.setup.isReadOnly { isOn = false }
                hints.append((Keys.text(sequence), binding.title, isOn))
            }
        }
        if let diff = model.screen.diff, !diff.changes.isEmpty {
            hints.append(("n/N", "next/previous change", true))
        }
        return hints + [
            ("Enter", "open", opens(model, at: now)), ("Esc", "back", true), ("/", "filter", true),
            (":", "command", true), ("g", "go", true),
        ]
    }
}

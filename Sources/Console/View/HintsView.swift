internal import ControlPlane
internal import EdgeModel
internal import TerminalUI

/// Which keys do something here, the most useful first.
enum HintsView {
    static func draw(_ model: ConsoleModel, into surface: inout Surface, in rect: Rect, at now: Instant) {
        surface.fill(rect)
        // Help is there however narrow it is.
        let help = StyledLine(model.setup.keys.key(.help), .hintKey) + StyledLine(" help", .hintLabel)
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

    /// What may follow the keys that were pressed, where somebody waits for it: over the foot of the list.
    static func popUp(_ model: ConsoleModel, into surface: inout Surface, above rect: Rect, _ draw: DrawContext) {
        guard let due = model.pressed.popUpAt, draw.now >= due else { return }
        let found = model.setup.keys.continuations(model.pressed, in: [])
        let (keyWidth, titleWidth) = (found.map(\.keys.width).max() ?? 0, found.map(\.title.width).max() ?? 0)
        let cell = keyWidth + titleWidth + 4
        let columns = max(1, min(3, (rect.width - 4) / cell))
        let rows = (found.count + columns - 1) / columns
        let area = rect.bottom(rows + 2).foot
        surface.fill(area, CellStyle(.dialog, on: .dialog))
        let title = StyledLine(
            Words.text(model.pressed.presses.map(\.name).joined(separator: " ")), .hintKey, .bold
        ).on(.dialog)
        let inner = surface.box(area, CellStyle(.dialog, on: .dialog), title: title, glyphs: draw.glyphs)
        for (place, next) in found.enumerated() where place % rows < inner.height {
            let point = Point(inner.column + 1 + place / rows * cell, inner.row + place % rows)
            let line =
                StyledLine(next.keys.fitted(to: keyWidth), .hintKey) + StyledLine("  ", .text)
                + StyledLine(next.title, .dialog)
            surface.put(line.on(.dialog), at: point, within: inner)
        }
    }

    private static func opens(_ model: ConsoleModel, at now: Instant) -> Bool {
        guard let screen = model.screen.place.screen, let context = model.context(at: now),
            let id = model.screen.selected
        else { return false }
        return screen.inner(id, context) != nil
    }

    static func hints(_ model: ConsoleModel, at now: Instant) -> [(key: TerminalText, label: TerminalText, isOn: Bool)]
    {
        if model.pressed.isPending {
            let keys = model.setup.keys
            return keys.continuations(model.pressed, in: []).map { ($0.keys, $0.title, true) }
        }
        var hints: [(TerminalText, TerminalText, Bool)] = []
        if let context = model.context(at: now) {
            let actions: [Action] = [
                .promote, .rollback, .undo, .assign, .edit, .difference, .draft, .lock, .toggle, .moveUp, .moveDown,
                .release, .block, .retry, .abort, .add,
            ]
            for action in actions {
                var offer: Offer
                if action == .add {
                    offer = model.screen.place.screen?.form(context) == nil ? .none : .go(.applications)
                } else if let screen = model.screen.place.screen {
                    var context = context
                    context.content = model.screen.content
                    offer = screen.offer(action, model.screen.selected, context)
                } else {
                    offer = Console.textOffer(action, context)
                }
                guard offer != .none, let hint = hint(action, model.setup.keys) else { continue }
                if action == .undo { offer = LastChange.undo(offer, context) }
                var isOn = true
                if case .unavailable = offer { isOn = false }
                if action.isChange, model.setup.isReadOnly { isOn = false }
                hints.append((hint.key, hint.label, isOn))
            }
        }
        let keys = model.setup.keys
        if let diff = model.screen.diff, !diff.changes.isEmpty {
            hints.append(("\(keys.key(.next))/\(keys.key(.previous))", "next/previous change", true))
        }
        let common: [(Action, Bool)] = [
            (.open, opens(model, at: now)), (.back, true),
            (.filter, model.screen.place.screen != nil && model.screen.place != .map), (.command, true),
        ]
        hints += common.compactMap { action, isOn in hint(action, keys).map { ($0.key, $0.label, isOn) } }
        // The key that all ways to a list begin with.
        let begins = keys.bindings.compactMap { binding -> KeyPress? in
            guard case .go = binding.action, let sequence = binding.sequences.first, sequence.presses.count > 1 else {
                return nil
            }
            return sequence.presses.first
        }
        if let first = begins.first { hints.append((Words.text(first.name), "go", true)) }
        return hints
    }

    /// The key of an action with its word; nil: a person left it without a key.
    private static func hint(
        _ action: Action, _ keys: Keymap<KeyCommand>
    ) -> (key: TerminalText, label: TerminalText)? {
        guard let binding = keys.bindings.first(where: { $0.action == .action(action) && !$0.sequences.isEmpty }),
            let sequence = binding.sequences.first
        else { return nil }
        return (Words.text(sequence.name), binding.title)
    }
}

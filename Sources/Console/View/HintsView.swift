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
        for hint in hints(model, at: now) {
            let width = hint.key.width + 1 + hint.label.width
            guard column + width + 1 < end else { break }
            surface.put(hint.key, at: Point(column, rect.row), style: CellStyle(hint.isOn ? .hintKey : .textDisabled))
            surface.put(
                hint.label, at: Point(column + hint.key.width + 1, rect.row),
                style: CellStyle(hint.isOn ? .hintLabel : .textDisabled))
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

    /// A key that does something here, in a word.
    struct Hint {
        var key: TerminalText
        var label: TerminalText
        var isOn = true
        /// Why not now; empty: nobody said.
        var why = TerminalText.empty
    }

    static func hints(_ model: ConsoleModel, at now: Instant) -> [Hint] {
        let keys = model.setup.keys
        if model.pressed.isPending {
            return keys.continuations(model.pressed, in: []).map { Hint(key: $0.keys, label: $0.title) }
        }
        var hints = here(model, at: now)
        // The key that all ways to a list begin with.
        let begins = keys.bindings.compactMap { binding -> KeyPress? in
            guard case .go = binding.action, let sequence = binding.sequences.first, sequence.presses.count > 1 else {
                return nil
            }
            return sequence.presses.first
        }
        if let first = begins.first { hints.append(Hint(key: Words.text(first.name), label: "go")) }
        return hints
    }

    /// What can be done with what the cursor is on, changes first, then the ways in, out and on.
    ///
    /// - Parameter alsoLooking: with what there is no room for in a line.
    static func here(_ model: ConsoleModel, at now: Instant, alsoLooking: Bool = false) -> [Hint] {
        let keys = model.setup.keys
        var hints: [Hint] = []
        var added: Hint?
        if var context = model.context(at: now) {
            context.content = model.screen.content
            hints = (changing + (alsoLooking ? [.history] : [])).compactMap { change($0, model, context) }
            // Behind what is the same everywhere, which so stays in its place from list to list.
            added = change(.add, model, context)
        }
        if let diff = model.screen.diff, !diff.changes.isEmpty {
            hints.append(Hint(key: "\(keys.key(.next))/\(keys.key(.previous))", label: "next/previous change"))
        }
        let canFilter = model.screen.place.screen != nil && model.screen.place != .map
        let common: [(Action, Bool)] = [
            (.open, opens(model, at: now)), (.back, true), (.filter, canFilter), (.command, true),
        ]
        return hints
            + common.compactMap { action, isOn in
                hint(action, keys).map { Hint(key: $0.key, label: $0.label, isOn: isOn) }
            } + (added.map { [$0] } ?? [])
    }

    /// What a change is here; nil: nothing.
    private static func change(_ action: Action, _ model: ConsoleModel, _ context: ScreenContext) -> Hint? {
        let offer = offer(action, model, context)
        guard offer != .none, var hint = hint(action, model.setup.keys) else { return nil }
        if let label = model.screen.place.screen?.label(action) { hint.label = label }
        if case .unavailable(let why) = offer { (hint.isOn, hint.why) = (false, why) }
        if action.isChange, model.setup.isReadOnly { (hint.isOn, hint.why) = (false, "this console only reads") }
        return hint
    }

    private static let changing: [Action] = [
        .promote, .rollback, .undo, .assign, .edit, .difference, .draft, .lock, .toggle, .moveUp, .moveDown, .release,
        .block, .retry, .abort,
    ]

    private static func offer(_ action: Action, _ model: ConsoleModel, _ context: ScreenContext) -> Offer {
        let screen = model.screen.place.screen
        if action == .add { return screen?.form(context) == nil ? .none : .go(.applications) }
        let offer =
            screen.map { $0.offer(action, model.screen.selected, context) } ?? Console.textOffer(action, context)
        return action == .undo && offer != .none ? LastChange.undo(offer, context) : offer
    }

    /// The key of an action with its word; nil: a person left it without a key.
    private static func hint(_ action: Action, _ keys: Keymap<KeyCommand>) -> Hint? {
        guard let binding = keys.bindings.first(where: { $0.action == .action(action) && !$0.sequences.isEmpty }),
            let sequence = binding.sequences.first
        else { return nil }
        return Hint(key: Words.text(sequence.name), label: binding.title)
    }
}

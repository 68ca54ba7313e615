/// A question in the middle of the screen. Cancel has the focus, and what was typed before it opened is not an answer.
package struct Dialog: Sendable, Hashable {
    /// Milliseconds after opening in which keys are ignored.
    package static let deafTime: Int64 = 300

    package struct Button: Sendable, Hashable {
        package var id: String
        package var label: TerminalText
        /// Presses it from anywhere in the dialog, except while text is typed.
        package var key: KeyPress?
        /// Why it cannot be pressed; nil: it can.
        package var disabled: TerminalText?

        package init(_ id: String, _ label: TerminalText, key: KeyPress? = nil, disabled: TerminalText? = nil) {
            self.id = id
            self.label = label
            self.key = key
            self.disabled = disabled
        }

        package static let cancel = Button("cancel", "Cancel", key: .character("n"))
    }

    package struct Field: Sendable, Hashable {
        package var id: String
        package var label: TerminalText
        package var field: TextField
        /// What must be typed before any button but Cancel can be pressed: the name of what will be gone.
        package var required: String?

        package init(_ id: String, _ label: TerminalText, text: String = "", required: String? = nil) {
            self.id = id
            self.label = label
            self.required = required
            field = TextField(text)
        }
    }

    package enum Outcome: Sendable, Hashable {
        /// The key changed nothing, or came too early.
        case ignored
        case changed
        case pressed(String)
        case cancelled
    }

    private enum Focus: Hashable {
        case field(Int)
        case button(Int)
    }

    package var title: TerminalText
    /// What the question is about: context and environment, in the role of the environment.
    package var banner: StyledLine
    package var body: [StyledLine]
    /// Shown below the text, scrolled with the arrows and `n`/`N`-like moves of the console.
    package var diff: DiffView?
    /// The equivalent command, shown above the buttons.
    package var command: TerminalText
    package var isDanger: Bool
    package private(set) var fields: [Field]
    package private(set) var buttons: [Button]
    package let openedAt: Instant
    /// The key that opened it never answers it.
    package let openedBy: KeyPress?
    private var focus: Focus
    private var top = 0
    private var scrollable = 0

    /// - Parameter buttons: the last one is what Esc does and has the focus: Cancel.
    package init(
        _ title: TerminalText, banner: StyledLine = StyledLine(), body: [StyledLine] = [], diff: DiffView? = nil,
        command: TerminalText = .empty, fields: [Field] = [], buttons: [Button], isDanger: Bool = false,
        openedAt: Instant, openedBy: KeyPress? = nil
    ) {
        self.title = title
        self.banner = banner
        self.body = body
        self.diff = diff
        self.command = command
        self.fields = fields
        self.buttons = buttons.isEmpty ? [.cancel] : buttons
        self.isDanger = isDanger
        self.openedAt = openedAt
        self.openedBy = openedBy
        let required = fields.firstIndex { $0.required != nil }
        focus = required.map { .field($0) } ?? .button(self.buttons.count - 1)
    }

    /// Until when keys are ignored.
    package var deafUntil: Instant { openedAt.adding(Self.deafTime) }

    package func text(of field: String) -> String { fields.first { $0.id == field }?.field.text ?? "" }

    package var focusedButton: Button? {
        if case .button(let index) = focus { buttons[index] } else { nil }
    }

    /// Why a button cannot be pressed now; nil: it can.
    package func obstacle(_ button: Button) -> TerminalText? {
        if let disabled = button.disabled { return disabled }
        guard button.id != buttons.last?.id,
            let open = fields.first(where: { $0.required != nil && $0.required != $0.field.text })
        else { return nil }
        return "type \(untrusted: open.required ?? "") first"
    }

    package mutating func handle(_ event: InputEvent, at now: Instant) -> Outcome {
        guard now >= deafUntil else { return .ignored }
        switch event {
        case .key(let key): return handle(key)
        case .paste(let text):
            guard case .field(let index) = focus else { return .ignored }
            fields[index].field.paste(text)
            return .changed
        default: return .ignored
        }
    }

    /// Moves the diff or the text, for keys that only the console's key map knows.
    package mutating func handle(_ move: DiffMove) {
        if diff != nil { diff?.handle(move) } else { scroll(move) }
    }

    /// How many rows the text or diff has, as ``draw(into:in:_:)`` lays it out in a window of this size.
    package mutating func resize(_ size: TerminalSize) {
        let inner = inner(of: box(in: Rect(size)))
        let room = parts(inner).body.height
        diff?.resize(rows: max(1, room - body.count))
        scrollable = max(0, body.count - room)
        top = min(top, scrollable)
    }

    private mutating func handle(_ key: KeyPress) -> Outcome {
        switch key.name {
        case "Esc", "Ctrl-C": return .cancelled
        case "Tab": return move(1)
        case "Shift-Tab": return move(-1)
        case "Enter": return enter()
        default: break
        }
        if case .field(let index) = focus {
            return fields[index].field.handle(key) ? .changed : arrow(key)
        }
        if key != openedBy, let button = buttons.first(where: { $0.key == key }) { return press(button) }
        switch key.name {
        case "Left", "h": return move(-1)
        case "Right", "l": return move(1)
        case "Space": return enter()
        default: return arrow(key)
        }
    }

    private mutating func arrow(_ key: KeyPress) -> Outcome {
        let moves: [String: DiffMove] = [
            "Up": .up, "k": .up, "Down": .down, "j": .down, "PgUp": .pageUp, "PgDn": .pageDown, "Home": .first,
            "End": .last,
        ]
        guard let move = moves[key.name] else { return .ignored }
        handle(move)
        return .changed
    }

    private mutating func enter() -> Outcome {
        switch focus {
        case .field: move(1)
        case .button(let index): press(buttons[index])
        }
    }

    private func press(_ button: Button) -> Outcome {
        if button.id == buttons.last?.id { return .cancelled }
        return obstacle(button) == nil ? .pressed(button.id) : .ignored
    }

    private mutating func move(_ step: Int) -> Outcome {
        let ring = fields.indices.map(Focus.field) + buttons.indices.map(Focus.button)
        guard let place = ring.firstIndex(of: focus) else { return .ignored }
        focus = ring[(place + step + ring.count) % ring.count]
        return .changed
    }

    private mutating func scroll(_ move: DiffMove) {
        let page = 5
        switch move {
        case .up: top -= 1
        case .down: top += 1
        case .pageUp: top -= page
        case .pageDown: top += page
        case .first: top = 0
        case .last: top = scrollable
        default: break
        }
        top = min(max(0, top), scrollable)
    }
}

extension Dialog {
    /// Draws the box in the middle of the block and tells where the cursor stands.
    @discardableResult
    package func draw(into surface: inout Surface, in rect: Rect, _ context: DrawContext) -> Point? {
        let box = box(in: rect)
        guard box.width > 4, box.height > 3 else { return nil }
        let frame: Role = isDanger ? .dialogDanger : .dialog
        surface.fill(box, CellStyle(.dialog, on: .dialog))
        surface.box(
            box, CellStyle(frame, on: .dialog), title: StyledLine(title, CellStyle(frame, on: .dialog, .bold)),
            glyphs: context.glyphs)
        let inner = inner(of: box)
        let parts = parts(inner)
        surface.put(banner.on(.dialog).truncated(to: inner.width), at: inner.origin, within: parts.banner)
        drawBody(&surface, parts.body, context)
        var cursor: Point?
        for (index, field) in fields.enumerated() {
            let line = parts.fields.line(index)
            let start = surface.put(
                field.label + ": ", at: line.origin, style: CellStyle(.dialog, on: .dialog), within: line)
            let isFocused = focus == .field(index)
            let area = line.left(start - line.column).rest
            let place = field.field.draw(
                into: &surface, in: area, CellStyle(.prompt, on: isFocused ? .selection : .dialog, .underline))
            if isFocused { cursor = place }
        }
        if !command.isEmpty {
            let text = "= " + command
            surface.put(
                text.truncated(to: inner.width, at: .middle), at: parts.command.origin,
                style: CellStyle(.textMuted, on: .dialog), within: parts.command)
        }
        return drawButtons(&surface, parts.buttons) ?? cursor
    }

    package func access() -> AccessNode {
        let text = body.map { AccessNode(.text, id: "dialog.text", label: $0.text) }
        let inputs = fields.enumerated().map { index, field in
            field.field.access(id: "dialog.\(field.id)", label: field.label, isFocused: focus == .field(index))
        }
        let choices = buttons.enumerated().map { index, button in
            AccessNode(
                .button, id: "dialog.\(button.id)", label: button.label, value: obstacle(button) ?? .empty,
                isSelected: focus == .button(index), isFocused: focus == .button(index),
                isDisabled: obstacle(button) != nil, position: AccessPosition(index + 1, of: buttons.count))
        }
        let changes = diff.map { [$0.access(id: "dialog.diff", isFocused: false)] } ?? []
        return AccessNode(
            .dialog, id: "dialog", label: title, value: banner.text, isFocused: true,
            children: text + changes + inputs + choices)
    }

    private func drawBody(_ surface: inout Surface, _ area: Rect, _ context: DrawContext) {
        let shown = body.dropFirst(diff == nil ? min(top, max(0, body.count - area.height)) : 0)
        for (row, line) in shown.prefix(area.height).enumerated() {
            let styled = line.replacing(.text, by: .dialog).on(.dialog).truncated(to: area.width)
            surface.put(styled, at: Point(area.column, area.row + row))
        }
        guard let diff else { return }
        diff.draw(into: &surface, in: area.top(body.count).rest, context)
        surface.restyle(area.top(body.count).rest) { $0.ground == .surface ? $0.on(.dialog) : $0 }
    }

    /// The buttons in the last line, right aligned; the place of the focused one is told.
    private func drawButtons(_ surface: inout Surface, _ line: Rect) -> Point? {
        let labels = buttons.map { button -> TerminalText in
            let key = button.key.map { TerminalText(untrusted: $0.name) + " " } ?? .empty
            return "[ " + key + button.label + " ]"
        }
        var column = max(line.column, line.endColumn - labels.reduce(-2) { $0 + $1.width + 2 })
        var cursor: Point?
        for (index, label) in labels.enumerated() {
            let isFocused = focus == .button(index)
            let isOff = obstacle(buttons[index]) != nil
            let ink: Role = isFocused ? .buttonFocus : isOff ? .textDisabled : .button
            if isFocused { cursor = Point(min(column + 2, line.endColumn - 1), line.row) }
            column = surface.put(
                label, at: Point(column, line.row), style: CellStyle(ink, on: isFocused ? .buttonFocus : .dialog),
                within: line)
            column += 2
        }
        if let button = focusedButton, let why = obstacle(button) {
            let room = max(0, line.endColumn - labels.reduce(-2) { $0 + $1.width + 2 } - 2 - line.column)
            surface.put(why.truncated(to: room), at: line.origin, style: CellStyle(.statusWarn, on: .dialog))
        }
        return cursor
    }

    private func box(in rect: Rect) -> Rect {
        let widest = max(
            body.map(\.width).max() ?? 0, (diff?.lines.map { $0.text.width + 4 }.max() ?? 0), banner.width,
            command.width + 2, title.width + 4)
        let wish = max(50, min(widest + 4, 110))
        let bodyHeight = body.count + (diff?.lines.count ?? 0)
        let rest = (banner.isEmpty ? 0 : 2) + fields.count + (fields.isEmpty ? 0 : 1) + (command.isEmpty ? 0 : 2) + 2
        return rect.centered(
            width: min(wish, max(10, rect.width - 2)), height: min(bodyHeight + rest + 2, max(5, rect.height - 2)))
    }

    private func inner(of box: Rect) -> Rect { box.inset(2, 1) }

    private struct Parts {
        var banner: Rect
        var body: Rect
        var fields: Rect
        var command: Rect
        var buttons: Rect
    }

    /// From below: buttons, command and fields keep their place, the body takes what is left.
    private func parts(_ inner: Rect) -> Parts {
        let (banner, afterBanner) = inner.top(banner.isEmpty ? 0 : 1)
        let content = afterBanner.top(self.banner.isEmpty ? 0 : 1).rest
        let (buttons, aboveButtons) = content.bottom(1)
        let (command, aboveCommand) = aboveButtons.bottom(self.command.isEmpty ? 0 : 2)
        let (fields, aboveFields) = aboveCommand.bottom(self.fields.isEmpty ? 0 : self.fields.count + 1)
        return Parts(
            banner: banner, body: aboveFields.bottom(self.fields.isEmpty && self.command.isEmpty ? 1 : 0).rest,
            fields: fields.top(1).rest, command: command.top(1).rest, buttons: buttons)
    }
}

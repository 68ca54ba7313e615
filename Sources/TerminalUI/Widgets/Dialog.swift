/// A question in the middle of the screen. Cancel has the focus, and what was typed before it opened is not an answer.
package struct Dialog: Sendable, Hashable {
    /// Milliseconds after opening in which keys are ignored, those that close it excepted.
    package static let deafTime: Int64 = 300

    package enum Outcome: Sendable, Hashable {
        /// The key changed nothing, or came too early.
        case ignored
        case changed
        case switched(String)
        case pressed(String)
        case cancelled
    }

    enum Focus: Hashable {
        case field(Int)
        case button(Int)
    }

    /// Another one is another dialog to whoever listens.
    package var id: String
    package var title: TerminalText
    /// What the question is about: the change, context and environment; always in sight.
    package var banner: [StyledLine] {
        didSet { lay() }
    }
    package var body: [StyledLine] {
        didSet { lay() }
    }
    /// Below the text; both are scrolled together.
    package var diff: DiffView? {
        didSet { lay() }
    }
    package var switches: [Switch] {
        didSet { lay() }
    }
    /// The equivalent command, shown above the buttons.
    package var command: TerminalText {
        didSet { lay() }
    }
    package var isDanger: Bool
    package internal(set) var fields: [Field]
    package private(set) var buttons: [Button]
    package let openedAt: Instant
    /// The key that opened it never answers it.
    package let openedBy: KeyPress?
    var focus: Focus
    var top = 0
    /// The window that it was laid out for, and its text in lines of that width.
    private var size = TerminalSize(columns: 80, rows: 24)
    var bannerLines: [StyledLine] = []
    var text: [StyledLine] = []
    var commandLines: [TerminalText] = []
    var shown: DiffView?

    /// - Parameter buttons: the last one is what Esc does and has the focus: Cancel.
    package init(
        _ title: TerminalText, id: String = "dialog", banner: [StyledLine] = [], body: [StyledLine] = [],
        diff: DiffView? = nil, switches: [Switch] = [], command: TerminalText = .empty, fields: [Field] = [],
        buttons: [Button], isDanger: Bool = false, openedAt: Instant, openedBy: KeyPress? = nil
    ) {
        self.id = id
        self.title = title
        self.banner = banner
        self.body = body
        self.diff = diff
        self.switches = switches
        self.command = command
        self.isDanger = isDanger
        self.fields = fields
        self.buttons = buttons.isEmpty ? [.cancel] : buttons
        self.openedAt = openedAt
        self.openedBy = openedBy
        let required = fields.firstIndex { $0.required != nil }
        focus = required.map { .field($0) } ?? .button(self.buttons.count - 1)
        lay()
    }

    /// Until when keys are ignored.
    package var deafUntil: Instant { openedAt.adding(Self.deafTime) }

    package func text(of field: String) -> String { fields.first { $0.id == field }?.field.text ?? "" }

    /// Why a button cannot be pressed now; nil: it can.
    package func obstacle(_ button: Button) -> TerminalText? {
        if let disabled = button.disabled { return disabled }
        guard button.id != buttons.last?.id,
            let open = fields.first(where: { $0.required != nil && $0.required != $0.field.text })
        else { return nil }
        return "type \(untrusted: open.required ?? "") first"
    }

    /// Says why a button cannot be pressed, or with nil that it can.
    package mutating func disable(_ button: String, _ why: TerminalText?) {
        guard let place = buttons.firstIndex(where: { $0.id == button }) else { return }
        buttons[place].disabled = why
    }

    /// Puts the cursor into a field.
    package mutating func focus(on field: String) {
        if let place = fields.firstIndex(where: { $0.id == field }) { focus = .field(place) }
    }

    package mutating func handle(_ event: InputEvent, at now: Instant) -> Outcome {
        if case .key(let key) = event, ["Esc", "Ctrl-C"].contains(key.name) {
            // Out of the field first, as out of every mode.
            if key.name == "Esc", case .field(let place) = focus, fields[place].required == nil {
                focus = .button(buttons.count - 1)
                return .changed
            }
            return .cancelled
        }
        guard now >= deafUntil else { return .ignored }
        switch event {
        case .key(let key): return handle(key)
        case .paste(let text):
            guard case .field(let index) = focus else { return .ignored }
            fields[index].field.paste(text)
            return .changed
        case .mouse(let mouse) where mouse.action == .wheelUp: return scroll(by: -3)
        case .mouse(let mouse) where mouse.action == .wheelDown: return scroll(by: 3)
        default: return .ignored
        }
    }

    /// Lays it out for a window of this size: done when it opens, and when the window changes.
    package mutating func resize(_ size: TerminalSize) {
        self.size = size
        lay()
    }

    private mutating func handle(_ key: KeyPress) -> Outcome {
        switch key.name {
        case "Tab": return move(1)
        case "Shift-Tab": return move(-1)
        case "Enter": return enter()
        default: break
        }
        if case .field(let index) = focus {
            return fields[index].field.handle(key) ? .changed : arrow(key)
        }
        if key != openedBy {
            if let button = buttons.first(where: { $0.key == key }) { return press(button) }
            if let place = switches.firstIndex(where: { $0.key == key }) {
                switches[place].isOn.toggle()
                return .switched(switches[place].id)
            }
        }
        if let field = fields.firstIndex(where: { $0.key == key }) {
            focus = .field(field)
            return .changed
        }
        switch key.name {
        case "Left", "h": return move(-1)
        case "Right", "l": return move(1)
        case "q": return .cancelled
        default: return arrow(key)
        }
    }

    private mutating func arrow(_ key: KeyPress) -> Outcome {
        let page = max(1, room - 1)
        let steps = [
            "Up": -1, "k": -1, "Down": 1, "j": 1, "PgUp": -page, "PgDn": page, "Space": page, "Home": -count,
            "End": count,
        ]
        guard let step = steps[key.name] else { return .ignored }
        return scroll(by: step)
    }

    private mutating func scroll(by rows: Int) -> Outcome {
        top = min(max(0, top + rows), max(0, count - room))
        return .changed
    }

    private mutating func enter() -> Outcome {
        switch focus {
        case .field(let place):
            // Whoever typed the name has said it; a word beside leads back to where nothing happens.
            guard let required = fields[place].required, let button = buttons.first else {
                focus = .button(buttons.count - 1)
                return .changed
            }
            return fields[place].field.text == required ? press(button) : .ignored
        case .button(let index): return press(buttons[index])
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

    // MARK: layout

    /// Lines of text and diff together.
    var count: Int { text.count + (shown?.rowCount ?? 0) }

    /// Lines of them that are seen.
    private var room: Int { max(1, parts(inner(of: box(in: Rect(size)))).body.height) }

    private mutating func lay() {
        let width = max(10, min(max(50, widest + 4), 110, size.columns - 2) - 4)
        bannerLines = banner.flatMap { $0.wrapped(to: width, indent: 2) }
        text = body.flatMap { $0.wrapped(to: width, indent: 6) }
        commandLines = command.isEmpty ? [] : ("= " + command).wrapped(to: width)
        shown = diff
        // Its own signs stand in the box; the bar stands on the frame.
        shown?.resize(rows: 1, columns: width + 2)
        top = min(top, max(0, count - room))
    }

    private var widest: Int {
        let lines = (banner + body).map(\.width) + (diff?.lines.map { $0.text.width + 4 } ?? [])
        return (lines + [command.width + 2, title.width + 4]).max() ?? 0
    }

    func box(in rect: Rect) -> Rect {
        let wish = max(50, min(widest + 4, 110))
        let below = switches.count + fields.count + commandLines.count
        let height = bannerLines.count + (banner.isEmpty ? 0 : 1) + count + below + (below > 0 ? 1 : 0) + 2 + 2
        return rect.centered(width: min(wish, max(10, rect.width - 2)), height: min(height, max(5, rect.height - 2)))
    }

    func inner(of box: Rect) -> Rect { box.inset(2, 1) }

    struct Parts {
        var banner: Rect
        var body: Rect
        var switches: Rect
        var fields: Rect
        var command: Rect
        var buttons: Rect
    }

    /// From below: buttons, command, fields and switches keep their place, the text takes what is left.
    func parts(_ inner: Rect) -> Parts {
        let lines = bannerLines.count + switches.count + fields.count + commandLines.count + 1
        // Where there is no room for all of it, blank lines go first.
        let gap = inner.height >= lines + count + 3 ? 1 : 0
        let (buttons, aboveButtons) = inner.bottom(1)
        let (command, aboveCommand) = aboveButtons.rest(gap).bottom(commandLines.count)
        let (fields, aboveFields) = aboveCommand.bottom(self.fields.count)
        let (switches, aboveSwitches) = aboveFields.bottom(self.switches.count)
        let hasFoot = lines > bannerLines.count + 1
        let (banner, afterBanner) = aboveSwitches.rest(hasFoot ? gap : 0).top(bannerLines.count)
        return Parts(
            banner: banner, body: afterBanner.top(banner.isEmpty ? 0 : gap).rest, switches: switches,
            fields: fields, command: command, buttons: buttons)
    }
}

extension Rect {
    /// Without its last rows.
    fileprivate func rest(_ rows: Int) -> Rect { bottom(rows).rest }
}

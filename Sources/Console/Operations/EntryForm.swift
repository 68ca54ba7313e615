internal import TerminalUI

/// A command whose words are asked for one by one. What it would do is shown and asked about after that, like all else.
/// One that is refused is asked for again with the words that it had.
struct EntryForm: Sendable {
    /// One word or several, and what belongs there.
    struct Field: Sendable {
        var id: String
        var label: TerminalText
        var placeholder: TerminalText
        var text = ""
        /// Goes before the value; nil: the value stands alone.
        var option: String?
        var isNeeded = true
        /// Blanks part it into several words.
        var isMany = false
    }

    let title: TerminalText
    /// What the command begins with.
    let words: [String]
    let fields: [Field]
    /// What is asked for when the command is done, knowing the values by field; nil: nothing.
    let next: (@Sendable ([String: String]) -> EntryForm?)?
    var form: Form

    init(
        _ title: TerminalText, _ words: [String], _ fields: [Field],
        next: (@Sendable ([String: String]) -> EntryForm?)? = nil
    ) {
        self.title = title
        self.next = next
        self.words = words
        self.fields = fields
        form = Form(fields.map { Form.Field($0.id, $0.label, text: $0.text, placeholder: $0.placeholder) })
    }

    enum Outcome: Sendable, Hashable {
        case stay, close
        /// The command, without the program's name.
        case run([String])
    }

    /// The command as it stands.
    var command: [String] {
        let values = form.values
        return words
            + fields.flatMap { field -> [String] in
                let value = values[field.id] ?? ""
                guard !value.isEmpty else { return [] }
                let parts = field.isMany ? value.split(separator: " ").map { String($0) } : [value]
                return field.option.map { [$0] + parts } ?? parts
            }
    }

    mutating func handle(_ event: InputEvent) -> Outcome {
        switch form.handle(event) {
        case .cancelled: return .close
        case .ignored, .changed: return .stay
        case .submitted:
            let values = form.values
            var faults: [String: TerminalText] = [:]
            for field in fields where field.isNeeded && (values[field.id] ?? "").isEmpty {
                faults[field.id] = "is needed"
            }
            // A value that looks like an option would be one.
            for field in fields where (values[field.id] ?? "").hasPrefix("-") { faults[field.id] = "begins with -" }
            form.show(faults: faults)
            return faults.isEmpty ? .run(command) : .stay
        }
    }

    /// Draws the fields in a box, with the command that they make.
    func draw(
        _ command: TerminalText, into surface: inout Surface, in rect: Rect, _ context: DrawContext
    ) -> Point? {
        let lines = command.wrapped(to: 68)
        let box = rect.centered(
            width: min(76, rect.width - 2), height: min(fields.count * 2 + lines.count + 4, rect.height - 2))
        surface.fill(box, CellStyle(.dialog, on: .dialog))
        let style = CellStyle(.dialog, on: .dialog)
        let inner = surface.box(
            box, style, title: StyledLine(title, style.with(.bold)),
            foot: StyledLine("Tab next \u{00B7} Enter goes on \u{00B7} Esc closes", CellStyle(.textMuted, on: .dialog)),
            glyphs: context.glyphs
        ).inset(1, 0)
        let (foot, body) = inner.bottom(lines.count)
        for (row, line) in lines.enumerated() {
            surface.put(line, at: foot.line(row).origin, style: CellStyle(.textMuted, on: .dialog), within: foot)
        }
        return form.draw(into: &surface, in: body.top(1).rest, context, ground: .dialog)
    }
}

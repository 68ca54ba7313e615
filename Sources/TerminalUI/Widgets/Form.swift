/// Several fields below each other, checked together: what is wrong stands beside each one.
package struct Form: Sendable, Hashable {
    package struct Field: Sendable, Hashable {
        package var id: String
        package var label: TerminalText
        package var field: TextField
        /// A word about what belongs there, while it is empty.
        package var placeholder: TerminalText
        package var fault: TerminalText

        package init(
            _ id: String, _ label: TerminalText, text: String = "", placeholder: TerminalText = .empty
        ) {
            self.id = id
            self.label = label
            self.placeholder = placeholder
            field = TextField(text)
            fault = .empty
        }
    }

    package enum Outcome: Sendable, Hashable {
        case ignored, changed, cancelled
        /// Enter in the last field, or Ctrl-S in any.
        case submitted
    }

    package private(set) var fields: [Field]
    package private(set) var focus = 0

    package init(_ fields: [Field]) { self.fields = fields }

    package var values: [String: String] {
        Dictionary(fields.map { ($0.id, $0.field.text) }) { first, _ in first }
    }

    /// Puts faults beside their fields and the focus on the first of them.
    package mutating func show(faults: [String: TerminalText]) {
        for index in fields.indices { fields[index].fault = faults[fields[index].id] ?? .empty }
        if let first = fields.firstIndex(where: { !$0.fault.isEmpty }) { focus = first }
    }

    package mutating func handle(_ event: InputEvent) -> Outcome {
        guard fields.indices.contains(focus) else { return .ignored }
        switch event {
        case .paste(let text):
            fields[focus].field.paste(text)
            fields[focus].fault = .empty
            return .changed
        case .key(let key): return handle(key)
        default: return .ignored
        }
    }

    private mutating func handle(_ key: KeyPress) -> Outcome {
        switch key.name {
        case "Esc": return .cancelled
        case "Ctrl-S": return .submitted
        case "Enter" where focus == fields.count - 1: return .submitted
        case "Enter", "Tab", "Down": focus = (focus + 1) % fields.count
        case "Shift-Tab", "Up": focus = (focus + fields.count - 1) % fields.count
        default:
            guard fields[focus].field.handle(key) else { return .ignored }
            fields[focus].fault = .empty
        }
        return .changed
    }

    /// Two lines for each field: the field, and its fault.
    @discardableResult
    package func draw(
        into surface: inout Surface, in rect: Rect, _ context: DrawContext, ground: Role = .surface
    ) -> Point? {
        let labels = min(rect.width / 2, (fields.map(\.label.width).max() ?? 0) + 2)
        var cursor: Point?
        // The field with the focus is always in sight.
        let rows = max(1, rect.height / 2)
        let first = max(0, min(focus - rows + 1, fields.count - rows))
        for (row, index) in (first..<min(fields.count, first + rows)).enumerated() {
            let field = fields[index]
            let line = rect.line(2 * row)
            let (label, area) = line.left(labels)
            let isFocused = index == focus && context.isFocused
            surface.put(
                field.label.truncated(to: labels - 1), at: label.origin,
                style: CellStyle(isFocused ? .textStrong : .textMuted, on: ground), within: label)
            let place = field.field.draw(
                into: &surface, in: area, CellStyle(.prompt, on: isFocused ? .selection : ground, .underline),
                ghost: field.field.isEmpty ? field.placeholder : .empty)
            if isFocused { cursor = place }
            let below = rect.line(2 * row + 1)
            surface.put(
                field.fault.truncated(to: area.width), at: Point(area.column, below.row),
                style: CellStyle(.statusBad, on: ground), within: below)
        }
        return cursor
    }

    package func access(id: String, label: TerminalText) -> AccessNode {
        AccessNode(
            .form, id: id, label: label, isFocused: true,
            children: fields.enumerated().map { index, field in
                let said = TerminalText(untrusted: field.field.text)
                return AccessNode(
                    .field, id: "\(id).\(field.id)", label: field.label,
                    value: field.fault.isEmpty ? said : said + ", " + field.fault, isFocused: index == focus,
                    position: AccessPosition(index + 1, of: fields.count))
            })
    }
}

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
        let parts = parts(inner(of: box))
        for (row, line) in bannerLines.enumerated() { put(line, &surface, parts.banner.line(row)) }
        drawBody(&surface, parts.body, box, context)
        for (row, box) in switches.enumerated() {
            let line =
                StyledLine(box.isOn ? "[x] " : "[ ] ", box.isOn ? .statusOk : .statusBad, .bold)
                + StyledLine("\(untrusted: box.key.name) ", .hintKey)
                + StyledLine(box.label, box.isOn ? .textMuted : .statusBad)
            put(line, &surface, parts.switches.line(row))
        }
        var cursor: Point?
        for (index, field) in fields.enumerated() {
            if let place = draw(field, isFocused: focus == .field(index), &surface, parts.fields.line(index)) {
                cursor = place
            }
        }
        for (row, line) in commandLines.enumerated() {
            put(StyledLine(line, .textMuted), &surface, parts.command.line(row))
        }
        return drawButtons(&surface, parts.buttons, context) ?? cursor
    }

    package func access() -> AccessNode {
        let words = (banner + text).filter { !$0.isEmpty }.enumerated().map {
            AccessNode(.text, id: "\(id).\($0)", label: $1.text)
        }
        let boxes = switches.map { box in
            AccessNode(
                .item, id: "\(id).\(box.id)", label: "\(untrusted: box.key.name) " + box.label,
                value: box.isOn ? "on" : "off", isSelected: box.isOn)
        }
        let inputs = fields.enumerated().map { index, field in
            field.field.access(id: "\(id).\(field.id)", label: field.label, isFocused: focus == .field(index))
        }
        let choices = buttons.enumerated().map { index, button in
            AccessNode(
                .button, id: "\(id).button.\(button.id)", label: button.label, value: obstacle(button) ?? .empty,
                isSelected: focus == .button(index), isFocused: focus == .button(index),
                isDisabled: obstacle(button) != nil, position: AccessPosition(index + 1, of: buttons.count))
        }
        let changes = diff.map { [$0.access(id: "\(id).diff", isFocused: false)] } ?? []
        let said = command.isEmpty ? [] : [AccessNode(.text, id: "\(id).command", label: "= " + command)]
        return AccessNode(
            .dialog, id: id, label: banner.first?.text ?? title, value: banner.isEmpty ? .empty : title,
            isFocused: true,
            children: words + changes + boxes + inputs + said + choices)
    }

    private func put(_ line: StyledLine, _ surface: inout Surface, _ area: Rect) {
        surface.put(
            line.replacing(.text, by: .dialog).on(.dialog).truncated(to: area.width), at: area.origin, within: area)
    }

    private func drawBody(_ surface: inout Surface, _ area: Rect, _ box: Rect, _ context: DrawContext) {
        for row in 0..<max(0, min(area.height, count - top)) {
            let place = top + row
            let line = place < text.count ? text[place] : shown?.row(place - text.count, context.glyphs)
            guard let line else { continue }
            surface.put(
                line.replacing(.text, by: .dialog).onDialog.truncated(to: area.width), at: area.line(row).origin,
                within: area)
        }
        guard count > area.height else { return }
        ScrollBar(top: top, shown: area.height, count: count).draw(
            into: &surface, in: Rect(column: box.endColumn - 1, row: area.row, width: 1, height: area.height),
            context.glyphs)
    }

    private func draw(_ field: Field, isFocused: Bool, _ surface: inout Surface, _ line: Rect) -> Point? {
        var start = line.column
        if let key = field.key, !isFocused {
            start = surface.put(
                "\(untrusted: key.name) ", at: line.origin, style: CellStyle(.hintKey, on: .dialog), within: line)
        }
        start = surface.put(
            field.label + ": ", at: Point(start, line.row), style: CellStyle(.dialog, on: .dialog), within: line)
        let place = field.field.draw(
            into: &surface, in: line.left(start - line.column).rest,
            CellStyle(.prompt, on: isFocused ? .selection : .dialog, .underline),
            ghost: field.field.isEmpty ? field.placeholder : .empty)
        return isFocused ? place : nil
    }

    /// The buttons in the last line, right aligned; the place of the focused one is told.
    private func drawButtons(_ surface: inout Surface, _ line: Rect, _ context: DrawContext) -> Point? {
        let labels = buttons.map { button -> TerminalText in
            let key = button.key.map { TerminalText(untrusted: $0.name) + " " } ?? .empty
            return "[ " + key + button.label + " ]"
        }
        var column = max(line.column, line.endColumn - labels.reduce(-2) { $0 + $1.width + 2 })
        var cursor: Point?
        for (index, label) in labels.enumerated() {
            let isFocused = focus == .button(index)
            // Nothing can be pressed before the keys count, except what closes it.
            let isEarly = context.now < deafUntil && index < buttons.count - 1
            let isOff = isEarly || obstacle(buttons[index]) != nil
            let ink: Role = isOff ? .textDisabled : isFocused ? .buttonFocus : .button
            if isFocused { cursor = Point(min(column + 2, line.endColumn - 1), line.row) }
            column = surface.put(
                label, at: Point(column, line.row), style: CellStyle(ink, on: isFocused ? .buttonFocus : .dialog),
                within: line)
            column += 2
        }
        if let why = buttons.lazy.compactMap({ obstacle($0) }).first {
            let room = max(0, line.endColumn - labels.reduce(-2) { $0 + $1.width + 2 } - 2 - line.column)
            surface.put(why.truncated(to: room), at: line.origin, style: CellStyle(.statusWarn, on: .dialog))
        }
        return cursor
    }
}

extension StyledLine {
    /// On the dialog's ground, but for what has a ground of its own, as a word that changed.
    fileprivate var onDialog: StyledLine {
        StyledLine(pieces.map { Piece($0.text, $0.style.ground == .surface ? $0.style.on(.dialog) : $0.style) })
    }
}

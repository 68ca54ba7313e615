extension TableState {
    /// Columns left of the first cell: the cursor's sign and the mark.
    private static var gutter: Int { 2 }

    /// Draws header, rows and scroll bar. Only rows that are seen are asked of the source.
    ///
    /// - Parameter empty: what stands in place of rows.
    /// - Returns: where the terminal's cursor belongs: on the selected row.
    @discardableResult
    package func draw(
        into surface: inout Surface, in rect: Rect, _ source: some TableSource<ID>, _ context: DrawContext,
        empty: TerminalText = "nothing to show"
    ) -> Point? {
        guard rect.width > Self.gutter + 1, rect.height > 1 else { return nil }
        surface.fill(rect)
        let body = rect.top(1).rest
        let rows = body.height
        let top = top(rows: rows)
        let end = min(index.count, top + rows)
        let hasBar = index.count > rows
        let inner = Rect(
            column: rect.column + Self.gutter, row: rect.row, width: rect.width - Self.gutter - (hasBar ? 1 : 0),
            height: rect.height)
        let cells = (top..<end).map { place in index.slot(at: place).map(source.cells(at:)) ?? [] }
        let slots = ColumnLayout.slots(columns, content: content(cells), width: inner.width)
        drawHeader(&surface, inner, slots, context)
        for (offset, cells) in cells.enumerated() {
            drawRow(&surface, body.line(offset), inner, slots, cells, place: top + offset, source, context)
        }
        if index.isEmpty {
            let text = query.isEmpty ? empty : "no row matches \(untrusted: query.text) (of \(index.total))"
            surface.put(
                text.truncated(to: inner.width), at: Point(inner.column, body.row), style: CellStyle(.textMuted))
        }
        if hasBar {
            ScrollBar(top: top, shown: rows, count: index.count)
                .draw(into: &surface, in: body.right(1).tail, context.glyphs)
        }
        return index.isEmpty ? nil : Point(rect.column, body.row + place - top)
    }

    /// "3/812", "3/42 of 812", and what is held.
    package func position(at now: Instant) -> TerminalText {
        if index.total == 0 { return "0" }
        let place: TerminalText = "\(index.isEmpty ? 0 : place + 1)/\(index.count)"
        var text = index.count == index.total ? place : "\(place) of \(index.total)"
        if !marks.isEmpty { text += " \u{00B7} * \(marks.count)" }
        if isPaused { text += " \u{00B7} paused" }
        if index.waiting > 0 { text += " \u{00B7} order held, \(index.waiting) new" }
        return text
    }

    private func content(_ cells: [[StyledLine]]) -> [Int] {
        columns.indices.map { column in
            let title = columns[column].title.width + (sort?.column == column ? 2 : 0)
            let before = measured.indices.contains(column) ? measured[column] : 0
            return cells.reduce(max(title, before)) { widest, row in
                row.indices.contains(column) ? max(widest, row[column].width) : widest
            }
        }
    }

    private func drawHeader(
        _ surface: inout Surface, _ inner: Rect, _ slots: [ColumnLayout.Slot], _ context: DrawContext
    ) {
        surface.fill(
            Rect(column: inner.column - Self.gutter, row: inner.row, width: Self.gutter + inner.width, height: 1),
            CellStyle(.tableHeader))
        for slot in slots {
            let head = columns[slot.column]
            var title = StyledLine(head.title, .tableHeader)
            if let sort, sort.column == slot.column {
                let sign = sort.isDescending ? context.glyphs.descending : context.glyphs.ascending
                title = StyledLine(head.title.truncated(to: max(0, slot.width - 2)), .tableHeader)
                title.append(" " + sign, .tableSort)
            }
            place(title, slot, head, at: Point(inner.column + slot.start, inner.row), &surface)
        }
    }

    private func drawRow(
        _ surface: inout Surface, _ line: Rect, _ inner: Rect, _ slots: [ColumnLayout.Slot], _ cells: [StyledLine],
        place: Int, _ source: some TableSource<ID>, _ context: DrawContext
    ) {
        guard let id = index.id(at: place), let row = index.slot(at: place) else { return }
        let look = source.look(at: row)
        let isSelected = place == self.place
        let isMarked = marks.contains(id)
        let flash = flashes[id].flatMap { $0.until > context.now ? $0.role : nil }
        // What is plain takes the row's look; a status keeps its own.
        let plain: Role? = isMarked ? .tableMark : flash ?? (look.isDimmed ? .textMuted : nil)
        for slot in slots where cells.indices.contains(slot.column) {
            var cell = cells[slot.column]
            if let plain { cell = cell.replacing(.text, by: plain) }
            cell = Highlighter.mark(cell, query.highlights, column: slot.column)
            self.place(cell, slot, columns[slot.column], at: Point(inner.column + slot.start, line.row), &surface)
        }
        if isMarked {
            surface.put(context.glyphs.mark, at: Point(line.column + 1, line.row), style: CellStyle(.tableMark))
        }
        if let ground = isSelected ? (context.isFocused ? Role.tableCursor : .tableCursorBlur) : look.ground {
            let area = Rect(column: line.column, row: line.row, width: inner.endColumn - line.column, height: 1)
            surface.restyle(area) { $0.on(ground) }
        }
        if isSelected {
            surface.put(
                context.glyphs.cursor, at: line.origin,
                style: CellStyle(.borderFocus, on: context.isFocused ? .tableCursor : .tableCursorBlur))
        }
    }

    private func place(
        _ text: StyledLine, _ slot: ColumnLayout.Slot, _ head: TableColumn, at point: Point, _ surface: inout Surface
    ) {
        let fitted = text.truncated(to: slot.width, at: head.truncation)
        let indent =
            switch head.alignment {
            case .left: 0
            case .center: (slot.width - fitted.width) / 2
            case .right: slot.width - fitted.width
            }
        surface.put(fitted, at: Point(point.column + indent, point.row))
    }
}

extension TableState {
    /// The table with the rows that a screen of ``page`` rows shows.
    package func access(
        _ source: some TableSource<ID>, id: String, label: TerminalText, isFocused: Bool = true
    ) -> AccessNode {
        let top = top(rows: page)
        let rows = (top..<min(index.count, top + page)).compactMap { place -> AccessNode? in
            guard let row = index.id(at: place), let slot = index.slot(at: place) else { return nil }
            let cells = source.cells(at: slot).map(\.spoken)
            let shown = zip(columns, cells).filter { !$0.0.isHidden && !$0.0.isDrawing && !$0.1.isEmpty }
            let rest = shown.dropFirst().map { column, cell in column.title + " " + cell }
            return AccessNode(
                .row, id: "\(id).\(row)", label: shown.first?.1 ?? .empty, value: rest.joined(separator: ", "),
                isSelected: place == self.place, isFocused: isFocused && place == self.place,
                position: AccessPosition(place + 1, of: index.count))
        }
        return AccessNode(
            .table, id: id, label: label, value: query.isEmpty ? .empty : "filter \(untrusted: query.text)",
            isFocused: isFocused, position: AccessPosition(index.isEmpty ? 0 : place + 1, of: index.count),
            children: rows)
    }
}

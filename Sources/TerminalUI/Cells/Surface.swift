/// A block of cells that views draw on, and a driver sends: always exactly its size, however it is drawn on.
///
/// A wide glyph is followed by ``Glyph/rightHalf``. Drawing over one half blanks the other, and a clip edge through a
/// wide glyph leaves a blank, so the widths of a row always sum to the surface's width.
package struct Surface: Sendable, Equatable {
    package let size: TerminalSize
    /// Row by row.
    package private(set) var cells: ContiguousArray<Cell>

    package init(_ size: TerminalSize, style: CellStyle = .plain) {
        self.size = size
        cells = ContiguousArray(repeating: Cell(.blank, style), count: size.columns * size.rows)
    }

    package var bounds: Rect { Rect(size) }

    /// The cell at a place; nil outside.
    package subscript(point: Point) -> Cell? {
        bounds.contains(point) ? cells[point.row * size.columns + point.column] : nil
    }

    /// The cells of one row; empty when there is no such row.
    package func row(_ row: Int) -> ArraySlice<Cell> {
        guard row >= 0, row < size.rows else { return [] }
        return ArraySlice(cells[row * size.columns..<(row + 1) * size.columns])
    }

    /// Draws text from a place to the right, inside of `clip` (all of the surface by default), and tells the column
    /// after it, as if nothing had been clipped.
    @discardableResult
    package mutating func put(
        _ text: TerminalText, at point: Point, style: CellStyle = .plain, within clip: Rect? = nil
    ) -> Int {
        let end = point.column + text.width
        let area = clip.map { bounds.intersection($0) } ?? bounds
        guard point.row >= area.row, point.row < area.endRow, point.column < area.endColumn, end > area.column
        else { return end }
        let start = point.row * size.columns
        var column = point.column
        /// Where a combining mark goes: the cell drawn last, if it was drawn.
        var last: Int?
        for scalar in text.string.unicodeScalars {
            let width = TextWidth.of(scalar) ?? 0
            if width == 0 {
                if let last { cells[last].glyph.combine(scalar.value) }
                continue
            }
            if column >= area.endColumn { break }
            let inside = column >= area.column && column + width <= area.endColumn
            last = inside ? start + column : nil
            if inside {
                set(Glyph(scalar.value, width: UInt8(width)), style, row: start, column: column)
            } else {
                // The half of a wide glyph that the edge leaves is blank.
                for half in column..<column + width where half >= area.column && half < area.endColumn {
                    set(.blank, style, row: start, column: half)
                }
            }
            column += width
        }
        return end
    }

    /// Draws a line in its styles; the column after it is told.
    @discardableResult
    package mutating func put(_ line: StyledLine, at point: Point, within clip: Rect? = nil) -> Int {
        line.pieces.reduce(point.column) { column, piece in
            put(piece.text, at: Point(column, point.row), style: piece.style, within: clip)
        }
    }

    /// Blanks a block, or covers it with one narrow character.
    package mutating func fill(_ rect: Rect, _ style: CellStyle = .plain, with text: TerminalText? = nil) {
        let area = bounds.intersection(rect)
        guard !area.isEmpty else { return }
        var glyph = Glyph.blank
        if let scalar = text?.string.unicodeScalars.first, TextWidth.of(scalar) == 1 {
            glyph = Glyph(scalar.value, width: 1)
        }
        for row in area.row..<area.endRow {
            for column in area.column..<area.endColumn {
                set(glyph, style, row: row * size.columns, column: column)
            }
        }
    }

    /// Changes the style of what is there: the cursor's ground under a row, a match that is marked.
    package mutating func restyle(_ rect: Rect, _ change: (CellStyle) -> CellStyle) {
        let area = bounds.intersection(rect)
        guard !area.isEmpty else { return }
        for row in area.row..<area.endRow {
            for index in row * size.columns + area.column..<row * size.columns + area.endColumn {
                cells[index].style = change(cells[index].style)
            }
        }
    }

    /// Copies a block of another surface to a place of this one.
    package mutating func copy(_ other: Surface, from source: Rect? = nil, to point: Point) {
        let source = source.map { other.bounds.intersection($0) } ?? other.bounds
        for row in 0..<source.height {
            let target = point.row + row
            guard target >= 0, target < size.rows else { continue }
            var column = 0
            while column < source.width {
                guard let cell = other[Point(source.column + column, source.row + row)] else { break }
                let width = Int(cell.glyph.width)
                let whole = width > 0 && column + width <= source.width
                let place = point.column + column
                let step = whole ? width : 1
                let fits = whole && place >= 0 && place + width <= size.columns
                if fits {
                    set(cell.glyph, cell.style, row: target * size.columns, column: place)
                } else {
                    for half in place..<place + step where half >= 0 && half < size.columns {
                        set(.blank, cell.style, row: target * size.columns, column: half)
                    }
                }
                column += step
            }
        }
    }

    /// Writes a glyph that is known to lie inside, and mends wide glyphs that it cuts.
    private mutating func set(_ glyph: Glyph, _ style: CellStyle, row: Int, column: Int) {
        let index = row + column
        let width = Int(glyph.width)
        if cells[index].glyph.isRightHalf, column > 0 { cells[index - 1].glyph = .blank }
        let after = index + width
        if column + width < size.columns, cells[after].glyph.isRightHalf { cells[after].glyph = .blank }
        cells[index] = Cell(glyph, style)
        if width == 2 { cells[index + 1] = Cell(.rightHalf, style) }
    }
}

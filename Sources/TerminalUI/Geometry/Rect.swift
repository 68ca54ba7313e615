/// How large a terminal is, in character cells. Never negative.
package struct TerminalSize: Sendable, Hashable {
    package let columns: Int
    package let rows: Int

    package init(columns: Int, rows: Int) {
        self.columns = min(max(0, columns), Self.largest)
        self.rows = min(max(0, rows), Self.largest)
    }

    /// What a terminal can claim at most: its kernel structure holds 16 bits.
    package static let largest = Int(UInt16.max)
}

/// A cell's place: column and row count from 0 at the top left. May lie outside of what is drawn on.
package struct Point: Sendable, Hashable {
    package var column: Int
    package var row: Int

    package init(column: Int, row: Int) {
        self.column = column
        self.row = row
    }

    package init(_ column: Int, _ row: Int) { self.init(column: column, row: row) }
}

/// A block of cells. Width and height are never negative; an empty one draws nothing.
package struct Rect: Sendable, Hashable {
    package let column: Int
    package let row: Int
    package let width: Int
    package let height: Int

    package init(column: Int, row: Int, width: Int, height: Int) {
        self.column = column
        self.row = row
        self.width = max(0, width)
        self.height = max(0, height)
    }

    package init(_ size: TerminalSize) {
        self.init(column: 0, row: 0, width: size.columns, height: size.rows)
    }

    package static let zero = Rect(column: 0, row: 0, width: 0, height: 0)

    package var origin: Point { Point(column, row) }
    package var size: TerminalSize { TerminalSize(columns: width, rows: height) }
    package var isEmpty: Bool { width == 0 || height == 0 }

    /// The first column right of it and the first row below it.
    package var endColumn: Int { column + width }
    package var endRow: Int { row + height }

    package func contains(_ point: Point) -> Bool {
        point.column >= column && point.column < endColumn && point.row >= row && point.row < endRow
    }

    /// What two blocks share; empty when they do not meet.
    package func intersection(_ other: Rect) -> Rect {
        let left = max(column, other.column)
        let top = max(row, other.row)
        return Rect(
            column: left, row: top, width: min(endColumn, other.endColumn) - left,
            height: min(endRow, other.endRow) - top)
    }

    /// The block without a margin on each side.
    package func inset(_ horizontal: Int, _ vertical: Int) -> Rect {
        Rect(
            column: column + horizontal, row: row + vertical, width: width - 2 * horizontal,
            height: height - 2 * vertical)
    }

    /// One of its rows, counted from its top; empty when it has no such row.
    package func line(_ index: Int) -> Rect {
        index >= 0 && index < height
            ? Rect(column: column, row: row + index, width: width, height: 1)
            : Rect(column: column, row: row, width: 0, height: 0)
    }

    /// The first `rows` rows, and what is left below them.
    package func top(_ rows: Int) -> (head: Rect, rest: Rect) {
        let taken = min(max(0, rows), height)
        return (
            Rect(column: column, row: row, width: width, height: taken),
            Rect(column: column, row: row + taken, width: width, height: height - taken)
        )
    }

    /// The last `rows` rows, and what is left above them.
    package func bottom(_ rows: Int) -> (foot: Rect, rest: Rect) {
        let (rest, foot) = top(height - min(max(0, rows), height))
        return (foot, rest)
    }

    /// The first `columns` columns, and what is left beside them.
    package func left(_ columns: Int) -> (head: Rect, rest: Rect) {
        let taken = min(max(0, columns), width)
        return (
            Rect(column: column, row: row, width: taken, height: height),
            Rect(column: column + taken, row: row, width: width - taken, height: height)
        )
    }

    /// The last `columns` columns, and what is left before them.
    package func right(_ columns: Int) -> (tail: Rect, rest: Rect) {
        let (rest, tail) = left(width - min(max(0, columns), width))
        return (tail, rest)
    }

    /// A block of at most this size in the middle of this one.
    package func centered(width: Int, height: Int) -> Rect {
        let wide = min(max(0, width), self.width)
        let high = min(max(0, height), self.height)
        return Rect(
            column: column + (self.width - wide) / 2, row: row + (self.height - high) / 2, width: wide, height: high)
    }
}

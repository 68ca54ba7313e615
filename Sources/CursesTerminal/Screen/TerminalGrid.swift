import TerminalUI

/// What a terminal shows after the bytes that were sent to it: the part of ECMA-48 that curses speaks.
struct TerminalGrid {
    /// One column of a row. Equal cells look alike.
    struct Cell: Equatable {
        /// The scalar, or from ``clusters`` on the number of one with its marks.
        var glyph: UInt32
        var pen: PenBook.Number
        /// 0 is the right half of the one before.
        var width: UInt8

        static let clusters: UInt32 = 0x11_0000
        /// Half of a wide glyph was drawn over, and terminals differ in what they leave of it.
        static let torn = Cell(glyph: .max, pen: PenBook.plain, width: 1)

        static func blank(_ pen: PenBook.Number) -> Cell { Cell(glyph: 0x20, pen: pen, width: 1) }

        /// What is in it takes one column in every terminal, and nothing of it lies in another.
        var isSimple: Bool { width == 1 && glyph < 0x2E80 }
    }

    let rows: Int
    let columns: Int
    /// What is erased takes the background; otherwise it is not relied upon what a background leaves.
    let erasesToBackground: Bool
    var book: PenBook
    /// Row by row.
    var cells: [Cell]
    var row = 0
    /// `columns` where the last one was written: the next glyph would begin a line.
    var column = 0
    var pen = PenBook.plain
    var region: Range<Int>
    var saved: (row: Int, column: Int, pen: PenBook.Number) = (0, 0, PenBook.plain)
    /// Glyphs with marks.
    var clusters: [[UInt32]] = []

    init(_ size: TerminalSize, switchesOff: Bool, erasesToBackground: Bool) {
        (rows, columns) = (size.rows, size.columns)
        self.erasesToBackground = erasesToBackground
        book = PenBook(switchesOff: switchesOff)
        cells = Array(repeating: .blank(PenBook.plain), count: rows * columns)
        region = 0..<rows
    }

    func row(_ row: Int) -> ArraySlice<Cell> { cells[row * columns..<(row + 1) * columns] }

    // MARK: writing

    /// False: it cannot be known what the terminal does.
    mutating func put(_ scalar: Unicode.Scalar) -> Bool {
        guard let width = TextWidth.of(scalar) else { return false }
        if width == 0 { return combine(scalar.value) }
        guard column + width <= columns else { return false }
        let place = row * columns + column
        tear(before: place)
        tear(before: place + width)
        let isBlank = scalar == " "
        cells[place] = Cell(glyph: scalar.value, pen: isBlank ? book.onBlank(pen) : pen, width: UInt8(width))
        if width == 2 { cells[place + 1] = Cell(glyph: 0, pen: pen, width: 0) }
        column += width
        return true
    }

    private mutating func combine(_ mark: UInt32) -> Bool {
        guard column > 0, clusters.count < 10_000 else { return false }
        var place = row * columns + column - 1
        if cells[place].width == 0 { place -= 1 }
        let glyph = cells[place].glyph
        let known = glyph >= Cell.clusters ? clusters[Int(glyph - Cell.clusters)] : [glyph]
        clusters.append(known + [mark])
        cells[place] = Cell(
            glyph: Cell.clusters + UInt32(clusters.count - 1), pen: cells[place].pen, width: cells[place].width)
        return true
    }

    /// What a cut in front of a place does to a wide glyph that lies across it.
    private mutating func tear(before place: Int) {
        guard place % columns > 0, place < cells.count, cells[place].width == 0 else { return }
        (cells[place - 1], cells[place]) = (.torn, .torn)
    }

    /// The bytes of a glyph.
    func text(_ glyph: UInt32) -> [UInt8] {
        if glyph < 0x80 { return [UInt8(glyph)] }
        let scalars = glyph >= Cell.clusters ? clusters[Int(glyph - Cell.clusters)] : [glyph]
        return scalars.flatMap { Unicode.Scalar($0).map { Array(UTF8.encode($0) ?? .init()) } ?? [] }
    }

    // MARK: erasing and moving what is there

    /// What comes where something was taken away.
    var erased: Cell {
        let ground = book.ground(pen)
        return erasesToBackground || ground == PenBook.plain ? .blank(ground) : .torn
    }

    mutating func erase(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        tear(before: range.lowerBound)
        tear(before: range.upperBound)
        for place in range { cells[place] = erased }
    }

    /// Moves what stands from the cursor on to the right (or to the left) within the row.
    mutating func shift(by count: Int) {
        let (start, end) = (row * columns + min(column, columns - 1), (row + 1) * columns)
        let blanks = Array(repeating: erased, count: min(abs(count), end - start))
        tear(before: start)
        let rest = Array(cells[start..<end])
        cells.replaceSubrange(
            start..<end,
            with: count > 0 ? blanks + rest.dropLast(blanks.count) : rest.dropFirst(blanks.count) + blanks)
        if cells[start].width == 0 { cells[start] = .torn }
        if cells[end - 1].width == 2 { cells[end - 1] = .torn }
    }

    /// Moves rows up (or down) from one to the region's end; blank ones come in.
    mutating func scroll(from first: Int, by count: Int) {
        guard region.contains(first) else { return }
        let (start, end) = (first * columns, region.upperBound * columns)
        let blanks = Array(repeating: erased, count: min(abs(count) * columns, end - start))
        let rest = Array(cells[start..<end])
        cells.replaceSubrange(
            start..<end,
            with: count > 0 ? rest.dropFirst(blanks.count) + blanks : blanks + rest.dropLast(blanks.count))
    }
}

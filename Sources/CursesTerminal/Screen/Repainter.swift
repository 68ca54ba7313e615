package import TerminalUI

/// Says a picture anew: follows what curses sends, and says what is different after it in fewer bytes.
///
/// curses walks row by row, names a colour wherever it changes and a place by row and column, and lets stand what stands.
/// Here each row takes the cheapest way, and a colour that comes in many rows is left for the end, where all of it is
/// painted at once: moving costs half of what a colour does. After the bytes the terminal shows, writes with and stands
/// where it would have after those of curses.
package struct Repainter: Sendable {
    /// Whether a terminal can be spoken to like that, by what its description says.
    package struct Abilities: Sendable {
        var erasing: RowPlan.Erasing
        var switchesOff: Bool

        /// Nil: the places are said in other words than ECMA-48's, or the last column is not what it is elsewhere.
        package init?(switchesOff: Bool, text: (String) -> [UInt8]?, flag: (String) -> Bool) {
            let words = [
                "cup": "\u{1B}[%i%p1%d;%p2%dH", "hpa": "\u{1B}[%i%p1%dG", "vpa": "\u{1B}[%i%p1%dd",
                "cuf": "\u{1B}[%p1%dC", "cub": "\u{1B}[%p1%dD", "cuu1": "\u{1B}[A", "cud1": "\n", "cub1": "\u{08}",
                "cr": "\r", "el": "\u{1B}[K",
            ]
            func has(_ name: String, _ word: String) -> Bool { text(name) == Array(word.utf8) }
            guard flag("xenl"), words.allSatisfy({ has($0.key, $0.value) }) else { return nil }
            erasing = RowPlan.Erasing(characters: has("ech", "\u{1B}[%p1%dX"), background: flag("bce"))
            self.switchesOff = switchesOff
        }
    }

    private let abilities: Abilities
    private var grid: TerminalGrid
    /// The terminal shows what the grid says.
    private var isSure = false
    /// Something came that is not followed: from then on nothing is known.
    private var isLost = false
    private var output: [UInt8] = []
    private var place: (row: Int, column: Int)?
    private var pen = PenBook.plain

    package init(_ abilities: Abilities, size: TerminalSize) {
        self.abilities = abilities
        grid = Self.grid(size, abilities)
    }

    private static func grid(_ size: TerminalSize, _ abilities: Abilities) -> TerminalGrid {
        TerminalGrid(
            size, switchesOff: abilities.switchesOff, erasesToBackground: abilities.erasing.background)
    }

    /// Another program may have written to the terminal.
    package mutating func forget() { isSure = false }

    /// The terminal has another size, and shows nobody knows what.
    package mutating func resize(to size: TerminalSize) {
        let (book, pen) = (grid.book, grid.pen)
        grid = Self.grid(size, abilities)
        (grid.book, grid.pen) = (book, pen)
        isSure = false
    }

    /// Bytes that show what `bytes` would; nil where that cannot be said, or rows were moved, which curses says best.
    package mutating func repainted(_ bytes: [UInt8]) -> [UInt8]? {
        if isLost { return nil }
        // No more than the cells is kept: what the book learns is learned for good.
        var old = grid.cells
        let (pen, row, column) = (grid.pen, grid.row, grid.column)
        guard let account = grid.read(bytes) else {
            isLost = true
            return nil
        }
        if account.cleared != nil {
            let blank = TerminalGrid.Cell.blank(grid.book.ground(account.penThen))
            for place in old.indices { old[place] = blank }
        }
        let wasSure = isSure
        isSure = isSure || account.cleared != nil
        guard isSure, !account.scrolled, grid.region == 0..<grid.rows, !grid.cells.contains(.torn) else { return nil }
        var start: [UInt8] = []
        if !wasSure { start += Array("\u{1B}[m".utf8) + grid.book.sequence(from: PenBook.plain, to: pen) }
        start += bytes[..<(account.cleared ?? 0)]
        start += account.modes
        let origin = Origin(
            pen: account.cleared == nil ? pen : account.penThen,
            place: account.cleared != nil ? (0, 0) : column < grid.columns ? (row, column) : nil)
        return start + best(changes(since: old), origin)
    }

    /// Where the terminal is before the first byte.
    private struct Origin {
        var pen: PenBook.Number
        var place: (row: Int, column: Int)?
    }

    /// A row that differs.
    private struct Change {
        var row: Int
        /// Nil: it has glyphs whose width terminals may see in another way.
        var plan: RowPlan?
        /// Another way: its columns are made blank first.
        var wiped: (columns: Range<Int>, ground: PenBook.Number, plan: RowPlan)?
    }

    private func changes(since old: [TerminalGrid.Cell]) -> [Change] {
        (0..<grid.rows).compactMap { row in
            let (before, now) = (old[row * grid.columns..<(row + 1) * grid.columns], grid.row(row))
            if before == now { return nil }
            guard before.allSatisfy(\.isSimple), now.allSatisfy(\.isSimple) else { return Change(row: row) }
            let plan = RowPlan(old: before, new: now, book: grid.book)
            guard let columns = plan.worthWiping(abilities.erasing, grid.book) else {
                return Change(row: row, plan: plan)
            }
            var blank = Array(before)
            for column in columns { blank[column] = .blank(plan.ground) }
            return Change(
                row: row, plan: plan, wiped: (columns, plan.ground, RowPlan(old: blank[...], new: now, book: grid.book))
            )
        }
    }

    /// Shorter pictures gain nothing from leaving a colour for the end.
    private static let worthATry = 300

    private mutating func best(_ changes: [Change], _ origin: Origin) -> [UInt8] {
        var late: [PenBook.Number] = []
        var best = painted(changes, origin, late, wiping: true)
        guard best.count > Self.worthATry else { return best }
        for pen in common(changes) {
            let other = painted(changes, origin, late + [pen], wiping: true)
            if other.count < best.count {
                best = other
                late.append(pen)
            }
        }
        let unwiped = painted(changes, origin, late, wiping: false)
        return unwiped.count < best.count ? unwiped : best
    }

    /// The pens of which many pieces are to be painted, the most common one first.
    private func common(_ changes: [Change]) -> [PenBook.Number] {
        var counts: [PenBook.Number: Int] = [:]
        for change in changes { for pen in change.plan?.pens ?? [] { counts[pen, default: 0] += 1 } }
        return counts.filter { $0.value > 3 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(6).map(\.key)
    }

    private mutating func painted(
        _ changes: [Change], _ origin: Origin, _ late: [PenBook.Number], wiping: Bool
    ) -> [UInt8] {
        output = []
        (pen, place) = (origin.pen, origin.place)
        func plan(_ change: Change) -> RowPlan? { wiping ? change.wiped?.plan ?? change.plan : change.plan }
        for change in changes {
            if wiping, let wiped = change.wiped {
                move(to: (change.row, wiped.columns.lowerBound))
                erase(wiped.columns, as: wiped.ground)
            }
            if let plan = plan(change) {
                paint(change.row, plan, .all(but: late))
            } else {
                writeWhole(change.row)
            }
        }
        for late in late {
            for change in changes { if let plan = plan(change) { paint(change.row, plan, .only(late)) } }
        }
        if grid.column < grid.columns { move(to: (grid.row, grid.column)) }
        write(with: grid.pen)
        return output
    }

    private mutating func paint(_ row: Int, _ plan: RowPlan, _ layer: RowPlan.Layer) {
        guard let (column, steps) = plan.steps(of: layer, from: pen, book: &grid.book, abilities.erasing) else {
            return
        }
        move(to: (row, column))
        for step in steps {
            switch step {
            case .write(let range): write(row, range)
            case .pass(let column): move(to: (row, column))
            case .erase(let range):
                erase(range, as: grid.cells[row * grid.columns + range.lowerBound].pen)
                move(to: (row, range.upperBound))
            case .eraseLast(let range): erase(range, as: grid.cells[row * grid.columns + range.lowerBound].pen)
            }
        }
    }

    /// A row with glyphs whose width terminals may see in another way: from end to end, and nothing is said from there.
    private mutating func writeWhole(_ row: Int) {
        move(to: (row, 0))
        write(row, 0..<grid.columns)
        place = nil
    }

    private mutating func erase(_ range: Range<Int>, as blank: PenBook.Number) {
        write(with: grid.book.blanking(pen, as: blank))
        let isRest = range.upperBound == grid.columns
        output += Array((isRest ? "\u{1B}[K" : "\u{1B}[\(range.count)X").utf8)
    }

    private mutating func write(_ row: Int, _ range: Range<Int>) {
        for column in range {
            let cell = grid.cells[row * grid.columns + column]
            if cell.width == 0 { continue }
            let isBlank = cell.glyph == 0x20 && grid.book.isGround(cell.pen)
            write(with: isBlank ? grid.book.blanking(pen, as: cell.pen) : cell.pen)
            output += grid.text(cell.glyph)
        }
        place = range.upperBound < grid.columns ? (row, range.upperBound) : nil
    }

    private mutating func write(with new: PenBook.Number) {
        if new == pen { return }
        output += grid.book.sequence(from: pen, to: new)
        pen = new
    }

    private mutating func move(to new: (row: Int, column: Int)) {
        output += CursorMove.bytes(from: place, to: new)
        place = new
    }
}

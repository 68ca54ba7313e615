/// A small terminal, as far as a picture shows it: which cells look how after bytes were written.
///
/// Made for these tests from ECMA-48, so that it shares nothing with what it checks.
struct PaintedGrid: Equatable {
    private struct Cell: Equatable {
        /// Empty: the right half of the one before.
        var text = " "
        var look: [String: String] = [:]
    }

    private let (rows, columns): (Int, Int)
    private var cells: [Cell]
    private var (row, column) = (0, 0)
    /// Colours and attributes by name; what is off is not in it.
    private var look: [String: String] = [:]
    private var saved: (place: (Int, Int), look: [String: String]) = ((0, 0), [:])

    init(rows: Int = 5, columns: Int = 12) {
        (self.rows, self.columns) = (rows, columns)
        cells = Array(repeating: Cell(), count: rows * columns)
    }

    static func == (left: PaintedGrid, right: PaintedGrid) -> Bool {
        left.cells == right.cells && left.row == right.row && left.column == right.column && left.look == right.look
    }

    /// Whether the cells look alike, wherever the cursor is.
    func looksLike(_ other: PaintedGrid) -> Bool { cells == other.cells }

    mutating func take(_ bytes: [UInt8]) {
        var rest = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\u{1B}": escape(&rest)
            case "\r": column = 0
            case "\u{08}": column = max(0, column - 1)
            case "\n": if row == rows - 1 { scroll(from: 0, by: 1) } else { row += 1 }
            default: put(scalar)
            }
        }
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        if scalar.value == 0x301 {
            var place = row * columns + column - 1
            if cells[place].text.isEmpty { place -= 1 }
            cells[place].text.unicodeScalars.append(scalar)
            return
        }
        let isWide = scalar == "漢"
        guard column + (isWide ? 2 : 1) <= columns else { return }
        let place = row * columns + column
        cells[place] = Cell(text: String(scalar), look: scalar == " " ? seenOnBlank(look) : look)
        if isWide { cells[place + 1] = Cell(text: "", look: look) }
        column += isWide ? 2 : 1
    }

    private func seenOnBlank(_ look: [String: String]) -> [String: String] {
        look["4"] != nil || look["7"] != nil ? look : look.filter { $0.key == "background" }
    }

    private var blank: Cell { Cell(look: look.filter { $0.key == "background" }) }

    private mutating func erase(_ count: Int) {
        for place in column..<max(column, min(column + count, columns)) { cells[row * columns + place] = blank }
    }

    private mutating func scroll(from first: Int, by count: Int) {
        let rest = Array(cells[(first * columns)...])
        let blanks = Array(repeating: blank, count: min(rest.count, abs(count) * columns))
        cells.replaceSubrange(
            (first * columns)...,
            with: count > 0 ? rest.dropFirst(blanks.count) + blanks : blanks + rest.dropLast(blanks.count))
    }

    private mutating func shift(by count: Int) {
        let (start, end) = (row * columns + column, (row + 1) * columns)
        let rest = Array(cells[start..<end])
        let blanks = Array(repeating: blank, count: min(rest.count, abs(count)))
        cells.replaceSubrange(
            start..<end,
            with: count > 0 ? blanks + rest.dropLast(blanks.count) : rest.dropFirst(blanks.count) + blanks)
    }

    private mutating func escape(_ rest: inout ArraySlice<Unicode.Scalar>) {
        switch rest.popFirst() {
        case "(": _ = rest.popFirst()
        case "7": saved = ((row, column), look)
        case "8": ((row, column), look) = saved
        case "[":
            let parameters = rest.prefix { $0.value < 0x40 }.map(String.init).joined()
            rest = rest.dropFirst(parameters.unicodeScalars.count)
            let words = parameters.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
            let last = rest.popFirst()
            if last == "m" { paint(words) } else { control(last, words.map { Int($0) ?? 0 }) }
        default: break
        }
    }

    private mutating func control(_ last: Unicode.Scalar?, _ numbers: [Int]) {
        let count = max(1, numbers.first ?? 0)
        switch last {
        case "H": (row, column) = (count - 1, numbers.count > 1 ? max(1, numbers[1]) - 1 : 0)
        case "G": column = count - 1
        case "d": row = count - 1
        case "A": row = max(0, row - count)
        case "B": row = min(rows - 1, row + count)
        case "C": column = min(columns - 1, column + count)
        case "D": column = max(0, column - count)
        case "X": erase(count)
        case "K": erase(columns)
        case "J": for place in cells.indices { cells[place] = blank }
        case "L": scroll(from: row, by: -count)
        case "M": scroll(from: row, by: count)
        case "@": shift(by: count)
        case "P": shift(by: -count)
        default: break
        }
    }

    private mutating func paint(_ numbers: [String]) {
        var rest = numbers[...]
        while let number = rest.popFirst() {
            switch number {
            case "", "0": look = [:]
            case "22": (look["1"], look["2"]) = (nil, nil)
            case "24", "27": look[String(number.suffix(1))] = nil
            case "39": look["foreground"] = nil
            case "49": look["background"] = nil
            case "38", "48":
                look[number == "38" ? "foreground" : "background"] = rest.prefix(2).joined(separator: ";")
                rest = rest.dropFirst(2)
            default:
                if number.hasPrefix("48:") || number.count == 2 && number.hasPrefix("4") {
                    look["background"] = number
                } else if number.count == 2, number.hasPrefix("3") {
                    look["foreground"] = number
                } else {
                    look[number] = number
                }
            }
        }
    }
}

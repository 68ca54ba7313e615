/// A small terminal, as far as a picture shows it: which cells look how after bytes were written.
///
/// Made for these tests from ECMA-48, so that it shares nothing with what it checks. It does not scroll: the last line
/// takes what comes.
struct PaintedGrid: Equatable {
    private struct Cell: Equatable {
        var text: Character = " "
        var look: [String: String] = [:]
    }

    private static let (rows, columns) = (5, 12)
    private var cells = Array(repeating: Cell(), count: rows * columns)
    private var (row, column) = (0, 0)
    /// Colours and attributes by name; what is off is not in it.
    private var look: [String: String] = [:]
    private var saved: (place: (Int, Int), look: [String: String]) = ((0, 0), [:])

    static func == (left: PaintedGrid, right: PaintedGrid) -> Bool {
        left.cells == right.cells && left.row == right.row && left.column == right.column && left.look == right.look
    }

    mutating func take(_ bytes: [UInt8]) {
        var rest = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\u{1B}": escape(&rest)
            case "\r": column = 0
            case "\n": row = min(row + 1, Self.rows - 1)
            default: put(Character(scalar))
            }
        }
    }

    private mutating func put(_ text: Character) {
        guard column < Self.columns else { return }
        cells[row * Self.columns + column] = Cell(text: text, look: text == " " ? seenOnBlank(look) : look)
        column += 1
    }

    private func seenOnBlank(_ look: [String: String]) -> [String: String] {
        look["4"] != nil || look["7"] != nil ? look : look.filter { $0.key == "background" }
    }

    private mutating func erase(_ count: Int) {
        for place in column..<max(column, min(column + count, Self.columns)) {
            cells[row * Self.columns + place] = Cell(look: look.filter { $0.key == "background" })
        }
    }

    private mutating func escape(_ rest: inout ArraySlice<Unicode.Scalar>) {
        switch rest.popFirst() {
        case "(": _ = rest.popFirst()
        case "7": saved = ((row, column), look)
        case "8": ((row, column), look) = saved
        case "[":
            let parameters = rest.prefix { $0.value < 0x40 }.map(String.init).joined()
            rest = rest.dropFirst(parameters.unicodeScalars.count)
            let numbers = parameters.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
            switch rest.popFirst() {
            case "m": paint(numbers)
            case "H": (row, column) = ((Int(numbers[0]) ?? 1) - 1, (numbers.count > 1 ? Int(numbers[1]) ?? 1 : 1) - 1)
            case "X": erase(Int(numbers[0]) ?? 1)
            case "K": erase(Self.columns)
            default: break
            }
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

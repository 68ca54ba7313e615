/// The shortest bytes from one place of the screen to another.
enum CursorMove {
    /// - Parameters:
    ///   - old: nil where it is not known.
    ///   - rows: of the screen; a line feed in the last one would scroll.
    static func bytes(from old: (row: Int, column: Int)?, to new: (row: Int, column: Int)) -> [UInt8] {
        guard let old else { return absolute(new) }
        let down = new.row - old.row
        if down == 0 { return horizontal(from: old.column, to: new.column) }
        var ways = [absolute(new)]
        let vertical: [UInt8]
        switch down {
        case 1...4: vertical = Array(repeating: 0x0A, count: down)
        case -1: vertical = Array("\u{1B}[A".utf8)
        default: vertical = Array("\u{1B}[\(new.row + 1)d".utf8)
        }
        ways.append(vertical + horizontal(from: old.column, to: new.column))
        return ways.min { $0.count < $1.count } ?? ways[0]
    }

    /// How many bytes it is to a place on the right in the same row.
    static func cost(from old: Int, to new: Int) -> Int {
        let distance = new - old
        if distance == 0 { return 0 }
        return min(distance == 1 ? 3 : 3 + digits(distance), 3 + digits(new + 1))
    }

    private static func horizontal(from old: Int, to new: Int) -> [UInt8] {
        let distance = new - old
        if distance == 0 { return [] }
        if new == 0 { return [0x0D] }
        var ways = [Array("\u{1B}[\(new + 1)G".utf8)]
        if distance > 0 {
            ways.append(Array((distance == 1 ? "\u{1B}[C" : "\u{1B}[\(distance)C").utf8))
            // From the first column.
            if distance > new { ways.append([0x0D] + Array("\u{1B}[\(new)C".utf8)) }
        } else {
            ways.append(-distance < 4 ? Array(repeating: 0x08, count: -distance) : Array("\u{1B}[\(-distance)D".utf8))
        }
        return ways.min { $0.count < $1.count } ?? ways[0]
    }

    private static func absolute(_ place: (row: Int, column: Int)) -> [UInt8] {
        let row = place.row == 0 ? "" : "\(place.row + 1)"
        return Array((place.column == 0 ? "\u{1B}[\(row)H" : "\u{1B}[\(row);\(place.column + 1)H").utf8)
    }

    static func digits(_ number: Int) -> Int { number < 10 ? 1 : number < 100 ? 2 : number < 1_000 ? 3 : 4 }
}

/// What one cell shows: a character with at most four combining marks, or the right half of a wide one.
///
/// Curses holds five scalars in a cell, so ours does too. A glyph is only made inside the kit, from text that was
/// sanitised: no cell can hold a control character.
package struct Glyph: Sendable, Hashable {
    /// Unused places are 0.
    private var first: UInt32
    private var marks: (UInt32, UInt32, UInt32, UInt32)
    /// Columns: 1 or 2; 0 is the right half of the wide glyph before it.
    package let width: UInt8

    /// The most scalars that fit.
    package static let capacity = 5

    package static let blank = Glyph(0x20, width: 1)
    /// The right half of a wide glyph. Shows nothing itself.
    package static let rightHalf = Glyph(0, width: 0)

    init(_ scalar: UInt32, width: UInt8) {
        first = scalar
        marks = (0, 0, 0, 0)
        self.width = width
    }

    /// Adds a combining mark; one that does not fit is left out.
    mutating func combine(_ mark: UInt32) {
        if marks.0 == 0 {
            marks.0 = mark
        } else if marks.1 == 0 {
            marks.1 = mark
        } else if marks.2 == 0 {
            marks.2 = mark
        } else if marks.3 == 0 {
            marks.3 = mark
        }
    }

    /// The spacing character; 0 in a right half.
    package var base: UInt32 { first }

    /// How many scalars there are.
    package var count: Int {
        if first == 0 { return 0 }
        if marks.0 == 0 { return 1 }
        if marks.1 == 0 { return 2 }
        if marks.2 == 0 { return 3 }
        return marks.3 == 0 ? 4 : 5
    }

    /// A scalar by position; 0 beyond ``count``. A driver copies these into its own cell.
    package subscript(index: Int) -> UInt32 {
        switch index {
        case 0: first
        case 1: marks.0
        case 2: marks.1
        case 3: marks.2
        case 4: marks.3
        default: 0
        }
    }

    package var isRightHalf: Bool { width == 0 }

    package static func == (left: Glyph, right: Glyph) -> Bool {
        left.first == right.first && left.width == right.width && left.marks == right.marks
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(first)
        hasher.combine(marks.0)
        hasher.combine(marks.1)
    }

    /// The text of the cell, for goldens and copies.
    package var text: String {
        var scalars = String.UnicodeScalarView()
        for index in 0..<count { scalars.append(Unicode.Scalar(self[index]) ?? "\u{FFFD}") }
        return String(scalars)
    }
}

/// Makes text from outside safe to draw: what could move the cursor, hide or reorder is written out as `⟨1B⟩`.
///
/// Host names, headers, subjects and log lines are chosen by attackers (compare CVE-2021-25743). This is the one gate:
/// ``TerminalText`` cannot be made around it.
enum Sanitizer {
    /// The text with every unsafe scalar shown by its number, and its width in columns.
    static func clean(_ text: String, ascii: Bool, tabStop: Int? = nil) -> (text: String, width: Int) {
        if let width = plainWidth(text) { return (text, width) }
        var result = String.UnicodeScalarView()
        var width = 0
        var base: Unicode.Scalar?
        var marks = 0
        for scalar in text.unicodeScalars {
            if scalar == "\t", let tabStop {
                let blanks = tabStop - width % tabStop
                for _ in 0..<blanks { result.append(" ") }
                width += blanks
                base = nil
                continue
            }
            if isVariation(scalar), let base, base.value >= 0x2000 { continue }
            guard let columns = TextWidth.of(scalar), !isDeceptive(scalar), !ascii || scalar.value < 0x7F else {
                width += show(scalar, ascii: ascii, into: &result)
                base = nil
                continue
            }
            if columns == 0 {
                // A mark without a letter, or one too many, would fall on a neighbour or be lost: it is shown too.
                guard base != nil, marks < Glyph.capacity - 1 else {
                    width += show(scalar, ascii: ascii, into: &result)
                    base = nil
                    continue
                }
                marks += 1
            } else {
                base = scalar
                marks = 0
            }
            result.append(scalar)
            width += columns
        }
        return (String(result), width)
    }

    /// The length when all of it is printable ASCII: most text is, and needs no copy.
    private static func plainWidth(_ text: String) -> Int? {
        var copy = text
        return copy.withUTF8 { bytes in
            for byte in bytes where byte < 0x20 || byte > 0x7E { return nil }
            return bytes.count
        }
    }

    private static func show(_ scalar: Unicode.Scalar, ascii: Bool, into result: inout String.UnicodeScalarView) -> Int
    {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let padded = digits.count < 2 ? "0" + digits : digits
        result.append(ascii ? "<" : "\u{27E8}")
        result.append(contentsOf: padded.unicodeScalars)
        result.append(ascii ? ">" : "\u{27E9}")
        return padded.count + 2
    }

    /// Variation selectors 15 and 16 only choose between two pictures of a symbol; curses has no place for them.
    private static func isVariation(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == 0xFE0E || scalar.value == 0xFE0F
    }

    /// What is invisible, reorders its neighbours or ends a line, although the C library gives it a width.
    static func isDeceptive(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F: true
        case 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x3164, 0xFFA0: true
        case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFE00...0xFE0F, 0xFEFF, 0xFFF0...0xFFFB: true
        case 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0000...0xE0FFF: true
        default: false
        }
    }
}

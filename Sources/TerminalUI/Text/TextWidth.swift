/// How many columns text takes, counted as curses counts: scalar by scalar with the C library's table.
///
/// Swift's `Character` is not used: a terminal does not know grapheme clusters, and a count that differs from the
/// terminal's moves everything that follows on the line.
package enum TextWidth {
    /// 0, 1 or 2; nil for what curses refuses to draw (controls, unassigned code points).
    package static func of(_ scalar: Unicode.Scalar) -> Int? {
        let value = scalar.value
        if value < 0x7F { return value >= 0x20 ? 1 : nil }
        if value < 0x300 { return value >= 0xA0 ? 1 : nil }
        if contains(value, TextWidthTable.two) { return 2 }
        if contains(value, TextWidthTable.zero) { return 0 }
        return contains(value, TextWidthTable.unprintable) ? nil : 1
    }

    /// Whether one of the sorted ranges holds the value.
    private static func contains(_ value: UInt32, _ ranges: [UInt32]) -> Bool {
        var low = 0
        var high = ranges.count / 2
        while low < high {
            let middle = (low + high) / 2
            if value > ranges[2 * middle + 1] { low = middle + 1 } else { high = middle }
        }
        return 2 * low < ranges.count && value >= ranges[2 * low]
    }
}

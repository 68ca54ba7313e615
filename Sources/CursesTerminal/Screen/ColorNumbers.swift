package import TerminalUI

/// Theme colours as the numbers of one terminal.
package struct ColorNumbers: Sendable, Hashable {
    package let colors: Int
    package let isDirect: Bool

    package init(_ facts: TerminalFacts, depth: ColorDepth) {
        colors = depth == .mono ? 0 : facts.colors
        isDirect = facts.hasDirectColor && facts.colors > 256
    }

    /// -1 is the terminal's own colour.
    package func number(_ color: TerminalColor) -> Int {
        switch color {
        case .standard: -1
        case .indexed(let index): indexed(Int(index))
        case .direct(let red, let green, let blue):
            isDirect ? Self.packed(Int(red), Int(green), Int(blue)) : -1
        }
    }

    /// Whether a bright colour is only to be had as bold: eight colours and sixteen wanted.
    package func needsBold(_ color: TerminalColor) -> Bool {
        if case .indexed(let index) = color { return colors == 8 && (8..<16).contains(index) }
        return false
    }

    private func indexed(_ index: Int) -> Int {
        if colors == 0 { return -1 }
        if isDirect { return index < 8 ? index : Self.palette(index) }
        if colors < 16, index < 16 { return index % 8 }
        return index < colors ? index : -1
    }

    /// In a direct terminal the numbers 0 to 7 are the palette's, so that no direct colour may fall on them.
    private static func packed(_ red: Int, _ green: Int, _ blue: Int) -> Int {
        max(8, red << 16 | green << 8 | blue)
    }

    /// xterm's 256 colours as 24 bits: 8–15 bright, a cube of 6×6×6 from 16, 24 greys from 232.
    private static func palette(_ index: Int) -> Int {
        if index < 16 {
            if index == 8 { return packed(127, 127, 127) }
            let bits = index - 8
            return packed(bits & 1 != 0 ? 255 : 0, bits & 2 != 0 ? 255 : 0, bits & 4 != 0 ? 255 : 0)
        }
        if index >= 232 {
            let grey = 8 + 10 * (index - 232)
            return packed(grey, grey, grey)
        }
        let steps = [0, 95, 135, 175, 215, 255]
        let place = index - 16
        return packed(steps[place / 36], steps[place / 6 % 6], steps[place % 6])
    }
}

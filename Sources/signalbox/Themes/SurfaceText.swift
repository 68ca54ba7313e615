internal import TerminalUI

/// A surface as text for a terminal that is not ours to draw on: one line after the other, with colours in between.
enum SurfaceText {
    static func lines(_ surface: Surface, _ theme: ResolvedTheme) -> String {
        (0..<surface.size.rows).map { line(surface.row($0), theme) + "\n" }.joined()
    }

    private static func line(_ cells: ArraySlice<Cell>, _ theme: ResolvedTheme) -> String {
        var text = ""
        var last: ResolvedStyle?
        for cell in cells where !cell.glyph.isRightHalf {
            let style = theme.style(cell.style)
            if style != last {
                text += "\u{1B}[" + codes(style).joined(separator: ";") + "m"
                last = style
            }
            text += cell.glyph.text
        }
        return text + "\u{1B}[0m"
    }

    /// Select Graphic Rendition (ECMA-48 §8.3.117; colours as in ITU T.416 and xterm).
    private static func codes(_ style: ResolvedStyle) -> [String] {
        let attributes: [(Emphasis, String)] = [
            (.bold, "1"), (.dim, "2"), (.italic, "3"), (.underline, "4"), (.reverse, "7"), (.strike, "9"),
        ]
        return ["0"] + attributes.filter { style.emphasis.contains($0.0) }.map(\.1)
            + code(style.foreground, base: 30) + code(style.background, base: 40)
    }

    private static func code(_ color: TerminalColor, base: Int) -> [String] {
        switch color {
        case .standard: []
        case .indexed(let index) where index < 8: [String(base + Int(index))]
        case .indexed(let index) where index < 16: [String(base + 60 + Int(index) - 8)]
        case .indexed(let index): [String(base + 8), "5", String(index)]
        case .direct(let red, let green, let blue): [String(base + 8), "2", String(red), String(green), String(blue)]
        }
    }
}

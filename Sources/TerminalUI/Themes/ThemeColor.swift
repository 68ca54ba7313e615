/// A colour of a theme with what terminals of fewer colours show in its place.
package struct ThemeColor: Sendable, Hashable {
    package enum Value: Sendable, Hashable {
        /// The terminal's own foreground or background.
        case standard
        case rgb(RGB)
        /// 0–15 are the person's palette.
        case index(UInt8)
    }

    package var value: Value
    /// For 256 colours; nil: computed.
    package var c256: UInt8?
    /// For 16 colours; nil: computed.
    package var c16: UInt8?

    package init(_ value: Value, c256: UInt8? = nil, c16: UInt8? = nil) {
        self.value = value
        self.c256 = c256
        self.c16 = c16
    }

    package static let standard = ThemeColor(.standard)

    /// A colour by one word: `#57c785`, `0`–`255`, `bright-red`, `default`. Nil for any other word.
    package init?(word: String) {
        if word == "default" {
            self.init(.standard)
        } else if let color = RGB(hex: word) {
            self.init(.rgb(color))
        } else if let index = UInt8(word) {
            self.init(.index(index))
        } else if let index = IndexedColors.names.firstIndex(of: word) {
            self.init(.index(UInt8(index)))
        } else {
            return nil
        }
    }

    package func resolved(_ depth: ColorDepth) -> TerminalColor {
        switch (depth, value) {
        case (.mono, _): .standard
        case (.direct, .rgb(let color)): .direct(red: color.red, green: color.green, blue: color.blue)
        case (.direct, .index(let index)): .indexed(index)
        case (.indexed256, .rgb(let color)): .indexed(c256 ?? IndexedColors.nearest(color))
        case (.indexed256, .index(let index)): .indexed(c256 ?? index)
        case (.sixteen, .rgb(let color)): .indexed(c16 ?? IndexedColors.ansi(color))
        case (.sixteen, .index(let index)):
            .indexed(c16 ?? (index < 16 ? index : IndexedColors.color(index).map(IndexedColors.ansi) ?? 7))
        case (.sixteen, .standard): c16.map { .indexed($0) } ?? .standard
        case (.indexed256, .standard): c256.map { .indexed($0) } ?? .standard
        case (.direct, .standard): .standard
        }
    }

    /// What it shows on a terminal of this depth, where that is fixed; nil for what the person chose.
    package func shown(_ depth: ColorDepth) -> RGB? {
        switch resolved(depth) {
        case .standard: nil
        case .indexed(let index): IndexedColors.color(index)
        case .direct(let red, let green, let blue): RGB(red, green, blue)
        }
    }
}

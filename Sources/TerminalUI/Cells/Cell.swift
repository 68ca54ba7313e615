/// Attributes beside colour. A theme adds its own; a terminal without colour shows only these.
package struct Emphasis: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let bold = Emphasis(rawValue: 1)
    package static let dim = Emphasis(rawValue: 2)
    package static let italic = Emphasis(rawValue: 4)
    package static let underline = Emphasis(rawValue: 8)
    package static let reverse = Emphasis(rawValue: 16)
    package static let strike = Emphasis(rawValue: 32)

    /// Every attribute with the word that themes and goldens use.
    package static let named: [(name: String, value: Emphasis)] = [
        ("bold", .bold), ("dim", .dim), ("italic", .italic), ("underline", .underline), ("reverse", .reverse),
        ("strike", .strike),
    ]
}

/// What a cell means, never what colour it has: the theme gives the ink role's foreground and the ground role's
/// background when a frame is presented, so another theme is a repaint of the same cells.
package struct CellStyle: Sendable, Hashable {
    package var ink: Role
    package var ground: Role
    package var emphasis: Emphasis

    package init(_ ink: Role, on ground: Role = .surface, _ emphasis: Emphasis = []) {
        self.ink = ink
        self.ground = ground
        self.emphasis = emphasis
    }

    package static let plain = CellStyle(.text)

    /// The same ink on another ground.
    package func on(_ ground: Role) -> CellStyle { CellStyle(ink, on: ground, emphasis) }

    /// The same style with more attributes.
    package func with(_ more: Emphasis) -> CellStyle { CellStyle(ink, on: ground, emphasis.union(more)) }

    /// As goldens and `:theme inspect` write it: `status.ok on surface.raised+bold`.
    package var description: String {
        let ground = ground == .surface ? "" : " on " + ground.name
        return ink.name + ground + Emphasis.named.filter { emphasis.contains($0.value) }.map { "+" + $0.name }.joined()
    }
}

/// One character cell: 24 bytes.
package struct Cell: Sendable, Hashable {
    package var glyph: Glyph
    package var style: CellStyle

    package init(_ glyph: Glyph, _ style: CellStyle) {
        self.glyph = glyph
        self.style = style
    }
}

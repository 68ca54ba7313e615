/// A share as a bar: `████░░░░ 52 %`.
package struct Gauge: Sendable, Hashable {
    /// 0 to 1; what is outside is at the end.
    package var share: Double
    package var label: TerminalText
    package var role: Role

    package init(_ share: Double, _ label: TerminalText = .empty, role: Role = .graphFill) {
        self.share = share.isNaN ? 0 : min(max(0, share), 1)
        self.label = label
        self.role = role
    }

    /// The bar with its label, as wide as this.
    package func line(width: Int, _ glyphs: GlyphSet = .unicode) -> StyledLine {
        let room = max(0, width - (label.isEmpty ? 0 : label.width + 1))
        // Something is never nothing, and not all is never all.
        var filled = Int((share * Double(room)).rounded())
        if share > 0, filled == 0 { filled = min(1, room) }
        if share < 1, filled == room { filled = max(0, room - 1) }
        var line = StyledLine(glyphs.bar.repeated(filled), role)
        line.append(glyphs.barTrack.repeated(room - filled), .gaugeTrack)
        if !label.isEmpty { line.append(" " + label, .text) }
        return line
    }

    package func draw(into surface: inout Surface, in rect: Rect, _ context: DrawContext) {
        let line = rect.line(0)
        surface.put(self.line(width: line.width, context.glyphs), at: line.origin, within: line)
    }

    package func access(id: String, label: TerminalText) -> AccessNode {
        AccessNode(.gauge, id: id, label: label, value: "\(Int((share * 100).rounded())) percent")
    }
}

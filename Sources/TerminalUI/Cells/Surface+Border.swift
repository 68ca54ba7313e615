/// The characters of a frame around a pane.
extension Surface {
    /// Draws a frame on the edge of the block and returns what is inside of it.
    ///
    /// A block under 2x2 has no room for a frame: it is returned as it is.
    @discardableResult
    package mutating func box(
        _ rect: Rect, _ style: CellStyle = CellStyle(.border), title: StyledLine? = nil, foot: StyledLine? = nil,
        glyphs: GlyphSet = .unicode
    ) -> Rect {
        guard rect.width >= 2, rect.height >= 2 else { return rect }
        let last = rect.endColumn - 1
        let bottom = rect.endRow - 1
        let line = glyphs.horizontal.repeated(rect.width - 2)
        put(glyphs.topLeft + line + glyphs.topRight, at: rect.origin, style: style)
        put(glyphs.bottomLeft + line + glyphs.bottomRight, at: Point(rect.column, bottom), style: style)
        for row in rect.row + 1..<bottom {
            put(glyphs.vertical, at: Point(rect.column, row), style: style)
            put(glyphs.vertical, at: Point(last, row), style: style)
        }
        let room = rect.width - 4
        if let title, !title.isEmpty, room > 2 {
            let text = StyledLine(" ", style) + title.truncated(to: room - 2) + StyledLine(" ", style)
            put(text, at: Point(rect.column + 1, rect.row))
        }
        if let foot, !foot.isEmpty, room > 2 {
            let text = StyledLine(" ", style) + foot.truncated(to: room - 2) + StyledLine(" ", style)
            put(text, at: Point(last - 1 - text.width, bottom))
        }
        return rect.inset(1, 1)
    }
}

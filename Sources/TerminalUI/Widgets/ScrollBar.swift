/// Where a window stands in something longer. One column.
package struct ScrollBar: Sendable, Hashable {
    package var top: Int
    package var shown: Int
    package var count: Int

    package init(top: Int, shown: Int, count: Int) {
        self.top = top
        self.shown = shown
        self.count = count
    }

    /// Which rows of a bar of this height the thumb covers.
    package func thumb(height: Int) -> Range<Int> {
        guard height > 0, count > shown, shown > 0 else { return 0..<0 }
        let size = max(1, height * shown / count)
        let start = (height - size) * min(max(0, top), count - shown) / (count - shown)
        return start..<start + size
    }

    package func draw(into surface: inout Surface, in rect: Rect, _ glyphs: GlyphSet) {
        let thumb = thumb(height: rect.height)
        for row in 0..<rect.height {
            let sign = thumb.contains(row) ? glyphs.thumb : glyphs.track
            surface.put(
                sign, at: Point(rect.column, rect.row + row),
                style: CellStyle(thumb.contains(row) ? .scrollbar : .gaugeTrack), within: rect)
        }
    }

    /// Draws no more than the thumb, on the edge of a frame.
    package func draw(onto surface: inout Surface, frame edge: Rect, _ glyphs: GlyphSet) {
        for row in thumb(height: edge.height) {
            surface.put(
                glyphs.thumb, at: Point(edge.column, edge.row + row),
                style: CellStyle(.scrollbar, on: surface[Point(edge.column, edge.row + row)]?.style.ground ?? .surface))
        }
    }
}

/// Where a window stands in something longer. One column.
///
/// The thumb tells where, not how much: it is short, so that a list that opens beside it has little of it to paint, and
/// titles tell how many there are.
package struct ScrollBar: Sendable, Hashable {
    /// Rows of the longest thumb.
    package static let longest = 4

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
        let size = max(1, min(height * shown / count, Self.longest))
        let start = (height - size) * min(max(0, top), count - shown) / (count - shown)
        return start..<start + size
    }

    /// Draws no more than the thumb: the edge of a frame stays where it is not, and a column of its own stays blank.
    package func draw(into surface: inout Surface, in rect: Rect, _ glyphs: GlyphSet) {
        for row in thumb(height: rect.height) {
            let place = Point(rect.column, rect.row + row)
            surface.put(
                glyphs.thumb, at: place, style: CellStyle(.scrollbar, on: surface[place]?.style.ground ?? .surface))
        }
    }
}

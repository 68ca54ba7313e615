/// A line of figures over time, the newest at the right.
package struct Sparkline: Sendable, Hashable {
    /// How values become characters.
    package enum Form: Sendable, Hashable {
        /// Eight heights a cell.
        case blocks
        /// Two values a cell in four heights; not every font has it.
        case braille
        case ascii
    }

    /// Oldest first; nil: there is no figure, which is a gap and not a zero.
    package var values: [Double?]
    /// The value of full height; nil: the largest that is shown.
    package var maximum: Double?
    /// Which values something happened at, such as a deployment: a sign stands under them.
    package var markers: Set<Int>
    /// The newest figures are missing: it must not look live.
    package var isStale: Bool
    package var role: Role

    package init(
        _ values: [Double?], maximum: Double? = nil, markers: Set<Int> = [], isStale: Bool = false,
        role: Role = .graphLine
    ) {
        self.values = values
        self.maximum = maximum
        self.markers = markers
        self.isStale = isStale
        self.role = role
    }

    /// Draws into the whole block; with markers its last line is theirs, when it has more than one.
    package func draw(
        into surface: inout Surface, in rect: Rect, _ context: DrawContext, form: Form = .blocks
    ) {
        let hasMarkers = !markers.isEmpty && rect.height > 1
        let (foot, graph) = rect.bottom(hasMarkers ? 1 : 0)
        let form = context.glyphs.isASCII ? .ascii : form
        let columns = Self.buckets(values.count, into: rect.width * (form == .braille ? 2 : 1))
        let heights = columns.map { range in values[range].compactMap { $0 }.filter(\.isFinite).max() }
        let top = maximum ?? heights.compactMap { $0 }.max() ?? 0
        let style = CellStyle(isStale ? .stale : role)
        let perCell = form == .braille ? 2 : 1
        // Few values stand at the right, where now is.
        let cells = (columns.count + perCell - 1) / perCell
        let start = rect.endColumn - cells
        for row in 0..<graph.height {
            for cell in 0..<cells {
                let first = cell * perCell - (cells * perCell - columns.count)
                let levels = (first..<first + perCell).map { place in
                    heights.indices.contains(place) ? heights[place] : nil
                }
                let scalar = Self.scalar(levels, top, row: graph.height - 1 - row, rows: graph.height, form)
                surface.put(
                    TerminalText(clean: String(scalar), width: 1), at: Point(start + cell, graph.row + row),
                    style: style, within: graph)
            }
        }
        guard hasMarkers else { return }
        for (place, range) in columns.enumerated() where range.contains(where: { markers.contains($0) }) {
            let cell = (place + cells * perCell - columns.count) / perCell
            surface.put(
                context.glyphs.marker, at: Point(start + cell, foot.row), style: CellStyle(.graphMarker), within: foot)
        }
    }

    /// As one line of text, for a cell of a table: at most so wide, as wide as there are values.
    package func line(width: Int, isASCII: Bool = false) -> StyledLine {
        let columns = Self.buckets(values.count, into: width)
        let heights = columns.map { range in values[range].compactMap { $0 }.filter(\.isFinite).max() }
        let top = maximum ?? heights.compactMap { $0 }.max() ?? 0
        let scalars = heights.map { Self.scalar([$0], top, row: 0, rows: 1, isASCII ? .ascii : .blocks) }
        let text = String(String.UnicodeScalarView(scalars))
        return StyledLine(TerminalText(clean: text, width: scalars.count), isStale ? .stale : role)
    }

    /// The newest value that there is.
    package var latest: Double? { values.last { $0 != nil } ?? nil }

    package func access(id: String, label: TerminalText, value: TerminalText) -> AccessNode {
        AccessNode(.graph, id: id, label: label, value: isStale ? value + ", stale" : value)
    }

    /// Which values share a column: all of the same count, so that a peak is never lost and time stays even.
    static func buckets(_ count: Int, into columns: Int) -> [Range<Int>] {
        guard count > 0, columns > 0 else { return [] }
        let size = (count + columns - 1) / columns
        var ranges: [Range<Int>] = []
        var end = count
        while end > 0 {
            ranges.append(max(0, end - size)..<end)
            end -= size
        }
        return ranges.reversed()
    }

    private static let blocks: [Unicode.Scalar] = [
        " ", "\u{2581}", "\u{2582}", "\u{2583}", "\u{2584}", "\u{2585}", "\u{2586}", "\u{2587}", "\u{2588}",
    ]
    private static let ascii: [Unicode.Scalar] = [" ", "_", ".", ":", "-", "=", "+", "*", "#"]

    /// - Parameter row: counted from the lowest.
    private static func scalar(
        _ levels: [Double?], _ top: Double, row: Int, rows: Int, _ form: Form
    ) -> Unicode.Scalar {
        let steps = form == .braille ? 4 : 8
        func filled(_ level: Double?) -> Int? {
            guard let level else { return nil }
            // What is not zero is seen, however small.
            let share = top > 0 ? min(max(0, level / top), 1) : 0
            let height = Int((share * Double(steps * rows)).rounded())
            return min(max(0, max(height, level > 0 ? 1 : 0) - row * steps), steps)
        }
        guard form == .braille else {
            let height = levels.first.flatMap { filled($0) }
            return (form == .ascii ? ascii : blocks)[height ?? 0]
        }
        let left: [UInt32] = [0, 0x40, 0x44, 0x46, 0x47]
        let right: [UInt32] = [0, 0x80, 0xA0, 0xB0, 0xB8]
        let dots = left[levels.first.flatMap { filled($0) } ?? 0] | right[levels.last.flatMap { filled($0) } ?? 0]
        return Unicode.Scalar(0x2800 + dots) ?? " "
    }
}

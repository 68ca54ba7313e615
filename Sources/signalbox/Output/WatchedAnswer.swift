/// What an answer that is shown again and again writes each time: nothing where it is still the same, on a terminal its
/// new text in the place of the old, and into a pipe below it.
struct WatchedAnswer {
    /// What an ``Output`` wrote, in its order.
    struct Written: Hashable, Sendable {
        var stream: Output.Stream
        var text: String
    }

    /// The terminal that shows it.
    struct Screen: Hashable, Sendable {
        var columns: Int
        var rows: Int
    }

    private var last: [Written]?
    /// Rows of the terminal from the first line of what it shows to the cursor.
    private var height = 0
    private var screen: Screen?

    /// - Parameters:
    ///   - screen: the terminal that both streams lead to, and that can move its cursor; nil: there is none.
    ///   - isSeparated: whether an empty line parts it from the one before where it cannot take its place.
    mutating func change(to answer: [Written], on screen: Screen?, isSeparated: Bool) -> [Written] {
        guard answer != last else { return [] }
        defer { last = answer }
        guard let screen else {
            return (last != nil && isSeparated ? [Written(stream: .standard, text: "\n")] : []) + answer
        }
        let (lines, rows) = Self.fit(answer.map(\.text).joined(), screen)
        // A terminal breaks lines anew when its size changes, each in its own way: then only an empty screen is sure.
        let isResized = self.screen != nil && self.screen != screen
        let up = isResized ? "\u{1B}[H\u{1B}[2J" : height > 0 ? "\u{1B}[\(height)A\r" : ""
        (height, self.screen) = (rows, screen)
        return [Written(stream: .standard, text: up + lines.map { "\($0)\u{1B}[K\n" }.joined() + "\u{1B}[J")]
    }

    /// As many lines as a screen has room for above the cursor, and the rows that they take.
    private static func fit(_ text: String, _ screen: Screen) -> (lines: [Substring], rows: Int) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        let heights = lines.map { max(1, (width($0) + screen.columns - 1) / max(screen.columns, 1)) }
        let room = screen.rows - 1
        let all = heights.reduce(0, +)
        guard all > room else { return (lines, all) }
        var (count, rows) = (0, 1)
        while count < lines.count, rows + heights[count] <= room {
            rows += heights[count]
            count += 1
        }
        return (lines[..<count] + ["… \(lines.count - count) more lines than this window has"], rows)
    }

    /// Columns of a line, without what sets its colours.
    private static func width(_ line: Substring) -> Int {
        let parts = line.split(separator: "\u{1B}", omittingEmptySubsequences: false)
        return parts.dropFirst().reduce(TextWidth.of(String(parts.first ?? ""))) { sum, part in
            sum + TextWidth.of(String(part.drop { $0 != "m" }.dropFirst()))
        }
    }
}

/// Text that is read: scrolled, searched, and followed while it grows.
package struct TextPager: Sendable, Hashable {
    /// As they are on the screen.
    package private(set) var lines: [StyledLine]
    /// As they were given.
    private var source: [StyledLine]
    /// Columns to which lines are broken; nil: they are as long as they are, and the page moves sideways.
    private var wrap: Int?
    private var indent = 4
    package private(set) var top = 0
    /// Columns scrolled to the right.
    package private(set) var offset = 0
    /// What is looked for; empty: nothing.
    package private(set) var search = ""
    /// Lines that hold it.
    package private(set) var matches: [Int] = []
    private var match: Int?
    private var needle: [UInt8] = []
    private var page = 10
    /// The end stays in sight when lines are added.
    package var follows: Bool

    package init(_ lines: [StyledLine] = [], follows: Bool = false) {
        self.lines = lines
        source = lines
        self.follows = follows
    }

    /// Text from outside, line by line; tabs are laid out every eight columns.
    package init(untrusted text: String, ink: Role = .text) {
        var lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        if lines.last?.isEmpty == true { lines.removeLast() }
        self.init(lines.map { StyledLine(TerminalText(untrusted: $0, tabStop: 8), ink) })
    }

    /// - Parameters:
    ///   - wrap: columns to which lines are broken; nil: they stay whole, and the page moves sideways.
    ///   - indent: columns by which what is broken goes on.
    package mutating func resize(rows: Int, wrap: Int? = nil, indent: Int = 4) {
        page = max(1, rows)
        if (wrap, indent) != (self.wrap, self.indent) {
            (self.wrap, self.indent) = (wrap, indent)
            replace(source)
        }
        scroll(to: follows ? lastTop : top)
    }

    package mutating func replace(_ lines: [StyledLine]) {
        source = lines
        self.lines = wrap.map { columns in lines.flatMap { $0.wrapped(to: columns, indent: indent) } } ?? lines
        find(search)
        scroll(to: follows ? lastTop : top)
    }

    /// What it says, for the clipboard.
    package var plain: String { source.map(\.text.string).joined(separator: "\n") }

    /// Moves as a diff does: changes are matches of the search here.
    package mutating func handle(_ move: DiffMove) {
        if let top = move.top(from: top, page: page, last: lastTop) { scroll(to: top) }
        switch move {
        case .up, .down, .pageUp, .pageDown, .first, .last: break
        case .nextChange: jump(1)
        case .previousChange: jump(-1)
        case .left: offset = max(0, offset - 8)
        case .right: offset = min(max(0, (lines.map(\.width).max() ?? 0) - 8), offset + 8)
        }
        if move != .left, move != .right { follows = follows && top == lastTop }
    }

    /// Looks for words; case does not count. Goes to the first line from the top of the screen on.
    package mutating func find(_ text: String) {
        search = text
        needle = Folding.fold(text)
        matches = needle.isEmpty ? [] : lines.indices.filter { holds(lines[$0]) }
        match = nil
    }

    /// - Parameter edge: of a frame around it, on which the bar then stands; nil: the bar takes a column of the text's.
    package func draw(into surface: inout Surface, in rect: Rect, _ context: DrawContext, bar edge: Rect? = nil) {
        surface.fill(rect)
        let top = min(top, max(0, lines.count - rect.height))
        let hasBar = lines.count > rect.height
        let (bar, area) = rect.right(hasBar && edge == nil ? 1 : 0)
        for row in 0..<max(0, min(area.height, lines.count - top)) {
            let line =
                needle.isEmpty ? lines[top + row] : Highlighter.mark(lines[top + row], [(nil, needle)], column: 0)
            surface.put(line, at: Point(area.column - offset, area.row + row), within: area.line(row))
        }
        if hasBar {
            let thumb = ScrollBar(top: top, shown: rect.height, count: lines.count)
            thumb.draw(into: &surface, in: edge ?? bar, context.glyphs)
        }
    }

    /// "12/300", with the matches of a search.
    package var position: TerminalText {
        let place: TerminalText = "\(min(lines.count, top + page))/\(lines.count)"
        if search.isEmpty { return place }
        return place + " \u{00B7} match \(match.map { $0 + 1 } ?? 0) of \(matches.count)"
    }

    package func access(id: String, label: TerminalText) -> AccessNode {
        let shown = lines[min(top, lines.count)..<min(lines.count, top + page)]
        return AccessNode(
            .text, id: id, label: label, value: shown.map(\.text).joined(separator: " / "), isFocused: true,
            position: AccessPosition(min(lines.count, top + 1), of: lines.count))
    }

    private var lastTop: Int { max(0, lines.count - page) }

    private mutating func scroll(to line: Int) { top = min(max(0, line), lastTop) }

    private mutating func jump(_ step: Int) {
        guard !matches.isEmpty else { return }
        let next = match.map { ($0 + step + matches.count) % matches.count }
        let fresh =
            step > 0 ? matches.firstIndex { $0 >= top } ?? 0 : matches.lastIndex { $0 < top } ?? matches.count - 1
        match = next ?? fresh
        scroll(to: matches[next ?? fresh] - min(2, page / 3))
    }

    private func holds(_ line: StyledLine) -> Bool {
        let haystack = Folding.fold(line.text.string)
        guard haystack.count >= needle.count else { return false }
        return (0...haystack.count - needle.count).contains { haystack[$0...].starts(with: needle) }
    }
}

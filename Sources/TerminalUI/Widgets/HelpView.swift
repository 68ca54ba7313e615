/// The help of a screen, from the table of keys: searched while one types, and scrolled.
package struct HelpView: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable { case ignored, changed, closed }

    private let sections: [HelpSection]
    package private(set) var field = TextField()
    private var pager: TextPager
    private var area: Rect

    /// - Parameters:
    ///   - sections: what can be done now, and those of ``Keymap/help(_:search:)`` without a search.
    ///   - rect: over which it lies.
    package init(_ sections: [HelpSection], in rect: Rect) {
        self.sections = sections
        pager = TextPager(Self.lines(sections))
        area = rect
        resize(rect)
    }

    package mutating func resize(_ rect: Rect) {
        // No larger than it has to be, and as large while one searches: what it covers is painted again after it.
        let wish = min(max(Self.narrowest, Self.lines(sections).map(\.width).max() ?? 0) + 4, Self.widest)
        let gap = rect.height > 20 ? 2 : 0
        area = rect.centered(width: min(wish, rect.width), height: min(rect.height - gap, Self.tallest))
        pager.resize(rows: max(1, area.height - 4), wrap: area.width - 4)
    }

    private static let narrowest = 40
    private static let widest = 72
    private static let tallest = 28

    /// Letters search; arrows and pages scroll; Esc clears the search and then closes.
    package mutating func handle(_ key: KeyPress) -> Outcome {
        switch key.name {
        case "Up": pager.handle(.up)
        case "Down": pager.handle(.down)
        case "PgUp": pager.handle(.pageUp)
        case "PgDn": pager.handle(.pageDown)
        case "Esc", "Enter":
            if field.isEmpty { return .closed }
            field.text = ""
            search()
        case "?" where field.isEmpty: return .closed
        default:
            guard field.handle(key) else { return .ignored }
            search()
        }
        return .changed
    }

    @discardableResult
    package func draw(into surface: inout Surface, in rect: Rect, _ context: DrawContext) -> Point? {
        let box = area.intersection(rect)
        guard box.width > 20, box.height > 5 else { return nil }
        surface.fill(box, CellStyle(.dialog, on: .dialog))
        let style = CellStyle(.dialog, on: .dialog)
        let inner = surface.box(
            box, style, title: StyledLine("help", style.with(.bold)),
            foot: StyledLine("type to search \u{00B7} Esc closes", CellStyle(.textMuted, on: .dialog)),
            glyphs: context.glyphs)
        let (search, rest) = inner.top(1)
        let body = rest.top(1).rest
        let start = surface.put(
            " search: ", at: search.origin, style: CellStyle(.textMuted, on: .dialog), within: search)
        let cursor = field.draw(
            into: &surface, in: search.left(start - search.column).rest, CellStyle(.prompt, on: .dialog))
        let edge = Rect(column: box.endColumn - 1, row: body.row, width: 1, height: body.height)
        pager.draw(into: &surface, in: body.left(1).rest, context, bar: edge)
        surface.restyle(body) { $0.ground == .surface ? $0.on(.dialog) : $0 }
        return cursor
    }

    package func access() -> AccessNode {
        let rows = shown.flatMap(\.rows)
        return AccessNode(
            .help, id: "help", label: "help", value: TerminalText(untrusted: field.text), isFocused: true,
            children: rows.enumerated().map { place, row in
                AccessNode(
                    .item, id: "help.\(place)", label: row.keys, value: row.title,
                    position: AccessPosition(place + 1, of: rows.count))
            })
    }

    private var shown: [HelpSection] { sections.filtered(by: field.text) }

    private mutating func search() {
        let found = shown
        pager.replace(found.isEmpty ? [StyledLine("nothing is called so", .textMuted)] : Self.lines(found))
        pager.find(field.text)
        pager.handle(.first)
    }

    private static func lines(_ sections: [HelpSection]) -> [StyledLine] {
        let wide = min(24, sections.flatMap(\.rows).map(\.keys.width).max() ?? 0)
        return sections.enumerated().flatMap { place, section -> [StyledLine] in
            let gap = place > 0 ? [StyledLine()] : []
            let rows = section.rows.map { row in
                StyledLine(row.keys.fitted(to: wide), row.isOff ? .textDisabled : .hintKey)
                    + StyledLine("  " + row.title, row.isOff ? .textMuted : .text)
            }
            return gap + [StyledLine(section.title, .title)] + rows
        }
    }
}

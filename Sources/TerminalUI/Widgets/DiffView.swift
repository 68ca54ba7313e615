/// One line of a diff.
package struct DiffLine: Sendable, Hashable {
    package enum Kind: Sendable, Hashable, CaseIterable {
        /// Begins a group, such as a phase; stays at the top while its lines are read.
        case heading
        case context, added, removed, changed, moved
        /// A remark about a change, such as "runs in production".
        case note

        package var isChange: Bool {
            switch self {
            case .added, .removed, .changed, .moved: true
            case .heading, .context, .note: false
            }
        }

        package var role: Role {
            switch self {
            case .heading: .diffHunk
            case .context: .diffContext
            case .added: .diffAdd
            case .removed: .diffRemove
            case .changed: .changeModified
            case .moved: .changeMoved
            case .note: .textMuted
            }
        }
    }

    package struct Piece: Sendable, Hashable {
        package var text: TerminalText
        /// The words that differ, inside of a line that does.
        package var isWord: Bool
        /// Beside the matter: where a rule stands, how a phase is called in full.
        package var isQuiet: Bool

        package init(_ text: TerminalText, isWord: Bool = false, isQuiet: Bool = false) {
            self.text = text
            self.isWord = isWord
            self.isQuiet = isQuiet
        }
    }

    package var kind: Kind
    package var pieces: [Piece]
    /// Lines of one change, such as a rule's, have the same name; nil: lines of one kind in a row are one change.
    package var change: String?

    package init(_ kind: Kind, _ pieces: [Piece], change: String? = nil) {
        self.kind = kind
        self.pieces = pieces
        self.change = change
    }

    package init(_ kind: Kind, _ text: TerminalText, change: String? = nil) {
        self.init(kind, [Piece(text)], change: change)
    }

    package var text: TerminalText { pieces.map(\.text).joined() }

    /// What stands before it: `+ `; empty for a heading, which begins at the edge.
    func sign(_ glyphs: GlyphSet) -> TerminalText {
        switch kind {
        case .heading: .empty
        case .note, .context: "  "
        default: glyphs.sign(kind.role) + " "
        }
    }

    /// The line without its sign.
    var styled: StyledLine {
        StyledLine(
            pieces.map { piece in
                let ink = piece.isQuiet ? Role.textMuted : kind.role
                let ground: Role = piece.isWord ? .diffWord : .surface
                return .init(piece.text, CellStyle(ink, on: ground, kind == .heading && !piece.isQuiet ? .bold : []))
            })
    }
}

/// A diff that is read: scrolled, and jumped through from change to change. What does not fit into a line goes on in the
/// next one: what is reviewed is never cut off.
package struct DiffView: Sendable, Hashable {
    /// A line of the diff, or a part of one, as it is on the screen.
    private struct Shown: Sendable, Hashable {
        var line: Int
        var text: StyledLine
        var isFirst: Bool
    }

    package private(set) var lines: [DiffLine]
    /// The lines of each change, in order.
    package private(set) var changes: [Range<Int>]
    package private(set) var top = 0
    /// The change that was jumped to.
    package private(set) var current: Int?
    private var shown: [Shown] = []
    private var page = 10
    private var columns = 0

    package init(_ lines: [DiffLine]) {
        self.lines = lines
        changes = Self.changes(lines)
        lay()
    }

    package var isEmpty: Bool { lines.isEmpty }

    /// Takes lines that were read anew, staying where it is.
    package mutating func replace(_ lines: [DiffLine]) {
        guard lines != self.lines else { return }
        self.lines = lines
        changes = Self.changes(lines)
        current = current.flatMap { changes.isEmpty ? nil : min($0, changes.count - 1) }
        lay()
    }

    /// How many changes there are of each kind. A change that both adds and removes counts as changed.
    package var counts: [DiffLine.Kind: Int] {
        changes.reduce(into: [:]) { counts, range in
            let kinds = Set(lines[range].map(\.kind).filter(\.isChange))
            counts[kinds.count == 1 ? kinds.first ?? .changed : .changed, default: 0] += 1
        }
    }

    /// "2 added, 1 removed, 3 changed", or that there is no difference.
    package var summary: TerminalText {
        let names: [(DiffLine.Kind, TerminalText)] = [
            (.added, "added"), (.removed, "removed"), (.changed, "changed"), (.moved, "moved"),
        ]
        let parts = names.compactMap { kind, name -> TerminalText? in
            counts[kind].map { "\($0) \(name)" }
        }
        return parts.isEmpty ? "no difference" : parts.joined(separator: ", ")
    }

    /// How many lines are on the screen, and how wide they may be; without columns lines are as long as they are.
    package mutating func resize(rows: Int, columns: Int = 0) {
        page = max(1, rows)
        if columns != self.columns {
            self.columns = columns
            lay()
        }
        top = min(top, lastTop)
    }

    package mutating func handle(_ move: DiffMove) {
        if let top = move.top(from: top, page: page, last: lastTop) { scroll(to: top) }
        // Nothing is cut off, so there is nothing beside the screen.
        if move == .nextChange { jump(1) }
        if move == .previousChange { jump(-1) }
    }

    package func draw(into surface: inout Surface, in rect: Rect, _ context: DrawContext) {
        surface.fill(rect)
        guard !rect.isEmpty else { return }
        let top = min(top, max(0, shown.count - rect.height))
        let hasBar = shown.count > rect.height
        let (bar, area) = rect.right(hasBar ? 1 : 0)
        for row in 0..<min(area.height, shown.count - top) {
            let index = row == 0 ? heading(above: top) ?? top : top + row
            let isCurrent = current.map { changes[$0].contains(shown[index].line) } ?? false
            surface.put(
                text(index, context.glyphs), at: Point(area.column + 1, area.row + row),
                within: area.line(row).left(1).rest)
            if isCurrent, context.isFocused {
                surface.put(
                    context.glyphs.cursor, at: Point(area.column, area.row + row), style: CellStyle(.borderFocus))
            }
        }
        if hasBar {
            ScrollBar(top: top, shown: rect.height, count: shown.count).draw(into: &surface, in: bar, context.glyphs)
        }
    }

    /// How many lines it has on the screen.
    var rowCount: Int { shown.count }

    /// A line as it is on the screen, for a dialog that scrolls it with its own text.
    func row(_ index: Int, _ glyphs: GlyphSet) -> StyledLine { text(index, glyphs) }

    private func text(_ index: Int, _ glyphs: GlyphSet) -> StyledLine {
        let line = lines[shown[index].line]
        let sign = line.sign(glyphs)
        let lead = shown[index].isFirst ? sign : TerminalText.blanks(sign.width)
        return StyledLine(lead, CellStyle(line.kind.role, .bold)) + shown[index].text
    }

    private mutating func lay() {
        shown = lines.indices.flatMap { index -> [Shown] in
            let line = lines[index].styled
            // The place of the cursor's sign, of the line's own sign, and of a scroll bar.
            let room = columns - 4
            let parts = columns > 0 ? line.wrapped(to: room, indent: 4) : [line]
            return parts.enumerated().map { Shown(line: index, text: $1, isFirst: $0 == 0) }
        }
        top = min(top, lastTop)
    }

    private func row(of line: Int) -> Int { shown.firstIndex { $0.line == line } ?? 0 }

    /// "change 2 of 7", or how many there are.
    package var position: TerminalText {
        if let current { return "change \(current + 1) of \(changes.count)" }
        return changes.count == 1 ? "1 change" : "\(changes.count) changes"
    }

    package func access(id: String, isFocused: Bool = true) -> AccessNode {
        let nodes = changes.enumerated().map { number, range in
            AccessNode(
                .change, id: "\(id).\(number)", label: lines[range].map(\.text).joined(separator: " / "),
                value: TerminalText(untrusted: Self.words(lines[range].first?.kind)), isSelected: number == current,
                isFocused: isFocused && number == current, position: AccessPosition(number + 1, of: changes.count))
        }
        return AccessNode(.diff, id: id, label: "diff", value: summary, isFocused: isFocused, children: nodes)
    }

    private var lastTop: Int { max(0, shown.count - page) }

    private mutating func scroll(to line: Int) { top = min(max(0, line), lastTop) }

    private mutating func jump(_ step: Int) {
        guard !changes.isEmpty else { return }
        let next: Int
        if let current {
            next = min(max(0, current + step), changes.count - 1)
        } else {
            // From what is read: the first change below its top, or the last one above it.
            next =
                step > 0
                ? changes.firstIndex { row(of: $0.lowerBound) >= top } ?? changes.count - 1
                : changes.lastIndex { row(of: $0.lowerBound) < top } ?? 0
        }
        current = next
        // Some lines above it say where it is.
        scroll(to: row(of: changes[next].lowerBound) - min(2, page / 3))
    }

    /// The heading of the group that a line at the top belongs to, when it is scrolled away.
    private func heading(above index: Int) -> Int? {
        guard shown.indices.contains(index), lines[shown[index].line].kind != .heading else { return nil }
        return shown[..<index].lastIndex { lines[$0.line].kind == .heading && $0.isFirst }
    }

    private static func words(_ kind: DiffLine.Kind?) -> String {
        switch kind {
        case .added: "added"
        case .removed: "removed"
        case .moved: "moved"
        default: "changed"
        }
    }

    private static func changes(_ lines: [DiffLine]) -> [Range<Int>] {
        var changes: [Range<Int>] = []
        var index = 0
        while index < lines.count {
            guard lines[index].kind.isChange else {
                index += 1
                continue
            }
            var end = index + 1
            while end < lines.count {
                let next = lines[end]
                let isSame = next.change == nil ? next.kind == lines[index].kind : true
                guard next.change == lines[index].change, next.kind != .heading, isSame,
                    next.change != nil || next.kind.isChange
                else { break }
                end += 1
            }
            changes.append(index..<end)
            index = end
        }
        return changes
    }
}

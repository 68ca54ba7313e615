/// Things inside of things, opened and closed; selected by id.
package struct TreeState<ID: Hashable & Sendable>: Sendable {
    package struct Node: Sendable {
        package var id: ID
        package var line: StyledLine
        package var children: [Node]

        package init(_ id: ID, _ line: StyledLine, _ children: [Node] = []) {
            self.id = id
            self.line = line
            self.children = children
        }
    }

    /// What keys do to a tree.
    package enum Move: String, Sendable, Hashable, CaseIterable {
        case up, down, pageUp, pageDown, first, last
        /// Opens the node, or goes to its first child.
        case open
        /// Closes the node, or goes to its parent.
        case close
        /// Opens or closes the node.
        case fold
    }

    /// A node as it is shown.
    struct Shown: Sendable {
        var id: ID
        var line: StyledLine
        var depth: Int
        /// For every level whether more nodes of it follow below.
        var trunks: [Bool]
        var hasChildren: Bool
    }

    package private(set) var roots: [Node]
    package private(set) var selected: ID?
    /// Nodes that do not show their children.
    package private(set) var closed: Set<ID>
    private(set) var shown: [Shown] = []
    private var page = 10
    private var top = 0

    package init(_ roots: [Node], closed: Set<ID> = []) {
        self.roots = roots
        self.closed = closed
        refresh()
        selected = shown.first?.id
    }

    /// Takes nodes that changed. The selection stays, or goes to what is on its line now.
    package mutating func reload(_ roots: [Node]) {
        let before = place
        self.roots = roots
        refresh()
        if place == nil { selected = shown.isEmpty ? nil : shown[min(before ?? 0, shown.count - 1)].id }
        keepInSight()
    }

    package mutating func resize(rows: Int) {
        page = max(1, rows)
        keepInSight()
    }

    package mutating func handle(_ move: Move) {
        guard let place else { return }
        switch move {
        case .up: go(to: place - 1)
        case .down: go(to: place + 1)
        case .pageUp: go(to: place - page)
        case .pageDown: go(to: place + page)
        case .first: go(to: 0)
        case .last: go(to: shown.count - 1)
        case .open:
            guard shown[place].hasChildren else { return }
            if closed.remove(shown[place].id) == nil { return go(to: place + 1) }
            refresh()
        case .fold:
            guard shown[place].hasChildren else { return }
            if closed.remove(shown[place].id) == nil { closed.insert(shown[place].id) }
            refresh()
        case .close:
            if shown[place].hasChildren, closed.insert(shown[place].id).inserted { return refresh() }
            let depth = shown[place].depth
            if let parent = shown[..<place].lastIndex(where: { $0.depth < depth }) { go(to: parent) }
        }
    }

    /// Draws the nodes in sight and tells where the cursor stands.
    @discardableResult
    package func draw(into surface: inout Surface, in rect: Rect, _ context: DrawContext) -> Point? {
        surface.fill(rect)
        guard !rect.isEmpty, let place else { return nil }
        let top = max(0, min(min(max(self.top, place - rect.height + 1), place), shown.count - rect.height))
        let hasBar = shown.count > rect.height
        let (bar, area) = rect.right(hasBar ? 1 : 0)
        for row in 0..<min(area.height, shown.count - top) {
            let node = shown[top + row]
            let line = area.line(row)
            surface.put(branches(node, context.glyphs) + node.line, at: line.origin, within: line)
            if top + row == place {
                surface.restyle(line) { $0.on(context.isFocused ? .tableCursor : .tableCursorBlur) }
            }
        }
        if hasBar {
            ScrollBar(top: top, shown: rect.height, count: shown.count).draw(into: &surface, in: bar, context.glyphs)
        }
        return Point(rect.column, rect.row + place - top)
    }

    package func access(id: String, label: TerminalText) -> AccessNode {
        let end = min(shown.count, top + page)
        let nodes = shown.indices[min(top, end)..<end].map { index in
            AccessNode(
                .item, id: "\(id).\(shown[index].id)", label: shown[index].line.text,
                value: shown[index].hasChildren ? (closed.contains(shown[index].id) ? "closed" : "open") : .empty,
                isSelected: shown[index].id == selected, isFocused: shown[index].id == selected,
                position: AccessPosition(index + 1, of: shown.count))
        }
        return AccessNode(.tree, id: id, label: label, isFocused: true, children: nodes)
    }

    /// What is shown of it, for the clipboard.
    package var plain: String {
        shown.map { String(repeating: "  ", count: $0.depth) + $0.line.text.string }.joined(separator: "\n")
    }

    private var place: Int? { selected.flatMap { id in shown.firstIndex { $0.id == id } } }

    private mutating func go(to place: Int) {
        guard !shown.isEmpty else { return }
        selected = shown[min(max(0, place), shown.count - 1)].id
        keepInSight()
    }

    private mutating func keepInSight() {
        guard let place else { return }
        top = max(0, min(min(max(top, place - page + 1), place), shown.count - 1))
    }

    private mutating func refresh() {
        var result: [Shown] = []
        // A stack of its own: a tree may be deeper than ours is.
        var stack = roots.enumerated().reversed().map { ($0.element, 0, [$0.offset < roots.count - 1]) }
        while let (node, depth, trunks) = stack.popLast() {
            result.append(
                Shown(
                    id: node.id, line: node.line, depth: depth, trunks: trunks, hasChildren: !node.children.isEmpty))
            if closed.contains(node.id) { continue }
            for (offset, child) in node.children.enumerated().reversed() {
                stack.append((child, depth + 1, trunks + [offset < node.children.count - 1]))
            }
        }
        shown = result
        keepInSight()
    }

    private func branches(_ node: Shown, _ glyphs: GlyphSet) -> StyledLine {
        var line = StyledLine()
        for (level, goesOn) in node.trunks.enumerated().dropFirst() {
            let isOwn = level == node.depth
            let sign = isOwn ? (goesOn ? glyphs.branch : glyphs.lastBranch) : goesOn ? glyphs.trunk : "   "
            line.append(sign, .border)
        }
        let fold: TerminalText = closed.contains(node.id) ? glyphs.folded : glyphs.unfolded
        line.append(node.hasChildren ? fold + " " : "  ", .border)
        return line
    }
}

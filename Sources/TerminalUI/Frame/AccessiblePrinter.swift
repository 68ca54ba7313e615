/// A console as lines that are read one after the other: for screen readers and terminals that cannot be drawn on.
///
/// Only what changed is said, in words: position, role, value. Nothing is said twice, and nothing is drawn over.
package struct AccessiblePrinter: Sendable {
    private var last: [String: AccessNode] = [:]
    private var focus: String?
    private var isFirst = true

    package init() {}

    /// What is said about a frame after the one before it.
    package mutating func lines(_ tree: AccessTree) -> [TerminalText] {
        let nodes = tree.flat
        // Of two nodes with one id the first one speaks.
        let now = Dictionary(nodes.map { ($0.id, $0) }) { first, _ in first }
        var lines: [TerminalText] = []
        // All of what has just opened is read out, not its title alone.
        let opened = nodes.filter { last[$0.id] == nil && $0.kind.isReadWhole }
        let whole = Set(AccessTree(opened).flat.map(\.id))
        for node in nodes {
            guard let before = last[node.id] else {
                if isFirst || whole.contains(node.id) || node.kind.announcesItself { lines.append(Self.words(node)) }
                continue
            }
            if whole.contains(node.id), before.label == node.label, !opened.contains(where: { $0.id == node.id }) {
                lines.append(Self.words(node))
                continue
            }
            // A row that is only elsewhere has not changed.
            if before.label != node.label || before.value != node.value, node.kind != .row || node.isFocused {
                lines.append(Self.words(node))
            }
        }
        let focused = tree.focus
        if let focused, focused.id != focus {
            let line = Self.words(focused)
            // A question whose whole text was just said need not be named again.
            if lines.last != line, !focused.kind.isReadWhole || !lines.contains(line) { lines.append(line) }
        }
        last = now
        focus = focused?.id
        isFirst = false
        return lines
    }

    /// "row 3 of 812: shop@3, state live, selected".
    package static func words(_ node: AccessNode) -> TerminalText {
        var head = TerminalText(untrusted: node.kind.rawValue)
        if let position = node.position { head += " \(position.index) of \(position.count)" }
        var rest = [node.label, node.value].filter { !$0.isEmpty }
        if node.isSelected, !node.isFocused { rest.append("selected") }
        if node.isDisabled { rest.append("not possible") }
        return rest.isEmpty ? head : head + ": " + rest.joined(separator: ", ")
    }
}

extension AccessNode.Kind {
    /// Whether everything in it is said when it opens: who is asked something hears all of the question.
    var isReadWhole: Bool { [.dialog, .help, .diff, .menu, .form].contains(self) }

    /// Whether it is worth a word when it appears: rows scroll in and out all the time.
    var announcesItself: Bool {
        switch self {
        case .row, .item, .change, .button, .text, .graph, .gauge: false
        case .screen, .pane, .table, .tree, .field, .form, .dialog, .menu, .toast, .crumbs, .diff, .prompt, .help,
            .status:
            true
        }
    }
}

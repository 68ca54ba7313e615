/// What a frame says, without its looks: feeds the accessible mode and the questions that tests ask.
///
/// Nodes lie in the order in which they are read. Identity (`id`) says which node of two frames is the same thing.
package struct AccessNode: Sendable, Hashable {
    /// What kind of thing it is, as it is read out.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case screen, pane, table, row, tree, field, form, dialog, button, menu, item, text, graph, gauge, toast, crumbs
        case diff, change, prompt, help, status
    }

    /// Stable between frames, such as `table.versions` or `row.shop@3`.
    package var id: String
    package var kind: Kind
    package var label: TerminalText
    package var value: TerminalText
    package var isSelected: Bool
    package var isFocused: Bool
    package var isDisabled: Bool
    /// "Row 3 of 812".
    package var position: AccessPosition?
    package var children: [AccessNode]

    package init(
        _ kind: Kind, id: String, label: TerminalText = .empty, value: TerminalText = .empty,
        isSelected: Bool = false, isFocused: Bool = false, isDisabled: Bool = false,
        position: AccessPosition? = nil, children: [AccessNode] = []
    ) {
        self.kind = kind
        self.id = id
        self.label = label
        self.value = value
        self.isSelected = isSelected
        self.isFocused = isFocused
        self.isDisabled = isDisabled
        self.position = position
        self.children = children
    }
}

/// A place in a list that may be far longer than what is drawn.
package struct AccessPosition: Sendable, Hashable {
    /// From 1.
    package var index: Int
    package var count: Int

    package init(_ index: Int, of count: Int) {
        self.index = index
        self.count = count
    }
}

package struct AccessTree: Sendable, Hashable {
    package var nodes: [AccessNode]

    package init(_ nodes: [AccessNode] = []) { self.nodes = nodes }

    /// All nodes, parents before their children.
    package var flat: [AccessNode] { nodes.flatMap(Self.flatten) }

    /// The deepest node that has the focus: where a screen reader is.
    package var focus: AccessNode? { flat.last { $0.isFocused } }

    package func first(_ kind: AccessNode.Kind) -> AccessNode? { flat.first { $0.kind == kind } }

    package func node(id: String) -> AccessNode? { flat.first { $0.id == id } }

    private static func flatten(_ node: AccessNode) -> [AccessNode] { [node] + node.children.flatMap(flatten) }
}

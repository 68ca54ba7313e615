/// A part of an expression: its kind, its type, and where it stands in the author's text.
///
/// Equality and hashing ignore the place, so that two writings of one expression have equal trees.
package struct Node: Hashable, Sendable {
    package enum CombiningOperator: UInt8, Hashable, Sendable {
        case or = 0
        case xor = 1
        case and = 2
    }

    package enum Quantifier: UInt8, Hashable, Sendable {
        case any = 0
        case all = 1
    }

    package enum Index: Hashable, Sendable {
        case position(UInt32)
        case key([UInt8])
        /// `[*]`: each element in turn.
        case each
    }

    package indirect enum Kind: Hashable, Sendable {
        /// Boolean parts.
        case constant(Bool)
        case not(Node)
        /// Two or more operands, none of which is a combination by the same operator.
        case combining(CombiningOperator, [Node])
        /// An operand of type bool stands alone as `.test(value, .isTrue)`.
        case test(Node, Comparison)
        case quantified(Quantifier, Node)
        /// Values.
        case field(FieldID)
        case literal(Literal)
        /// The pattern of `regex_replace` and `wildcard_replace`.
        case regex([UInt8])
        case wildcard([UInt8])
        case index(Node, Index)
        case call(FunctionID, [Node])
    }

    package var kind: Kind
    /// For boolean parts `.bool`, or `.array(.bool)` below a quantifier. For values the type of the value, or of each
    /// element when `isEach`.
    package var type: ValueType
    /// The value stands for each element of a list in turn.
    package var isEach: Bool
    package var span: ByteSpan

    package init(_ kind: Kind, type: ValueType, isEach: Bool = false, span: ByteSpan) {
        self.kind = kind
        self.type = type
        self.isEach = isEach
        self.span = span
    }

    package static func == (left: Node, right: Node) -> Bool { left.kind == right.kind }

    package func hash(into hasher: inout Hasher) { hasher.combine(kind) }

    /// Nodes right below this one.
    package var children: [Node] {
        switch kind {
        case .constant, .field, .literal, .regex, .wildcard: []
        case .test(let node, .orderingValue(_, let other)), .test(let node, .bitwiseAndValue(let other)): [node, other]
        case .not(let node), .test(let node, _), .quantified(_, let node), .index(let node, _): [node]
        case .combining(_, let nodes), .call(_, let nodes): nodes
        }
    }

    /// Joins operands and takes in those that are combinations by the same operator: `and`, `or` and `xor` are
    /// associative.
    package static func combining(_ operation: CombiningOperator, _ operands: [Node], span: ByteSpan) -> Node {
        let flat = operands.flatMap { node in
            if case .combining(operation, let inner) = node.kind { inner } else { [node] }
        }
        return Node(.combining(operation, flat), type: flat.first?.type ?? .bool, span: span)
    }
}

/// What a value is compared with.
package indirect enum Comparison: Hashable, Sendable {
    package enum Ordering: UInt8, Hashable, Sendable, CaseIterable {
        case equal = 0
        case notEqual = 1
        case less = 2
        case lessOrEqual = 3
        case greater = 4
        case greaterOrEqual = 5

        package var name: String { ["eq", "ne", "lt", "le", "gt", "ge"][Int(rawValue)] }
    }

    /// A value of type bool as it is.
    case isTrue
    case ordering(Ordering, Literal)
    /// With another value of the same type, taken from each request; never a list.
    case orderingValue(Ordering, Node)
    case bitwiseAnd(Int64)
    case bitwiseAndValue(Node)
    case contains([UInt8])
    case matches([UInt8])
    case wildcard([UInt8], strict: Bool)
    case inBytes([[UInt8]])
    case inInts([ClosedRange<Int64>])
    case inIPs([IPRange])
    /// A list by name, without the `$`.
    case inList(String)

    /// The operator in words; nil for a Bool that stands alone.
    package var name: String? {
        switch self {
        case .isTrue: nil
        case .ordering(let ordering, _), .orderingValue(let ordering, _): ordering.name
        case .bitwiseAnd, .bitwiseAndValue: "bitwise_and"
        case .contains: "contains"
        case .matches: "matches"
        case .wildcard(_, let strict): strict ? "strict wildcard" : "wildcard"
        case .inBytes, .inInts, .inIPs, .inList: "in"
        }
    }
}

/// A parsed and type-checked expression.
///
/// Made by `Parser`. Keeps the author's text for display; `canonical` is what to compare and hash.
package struct Expression: Sendable {
    package enum Mode: String, Hashable, Sendable {
        /// A condition: the result is a Bool.
        case filter
        /// A value for a target or a rewrite: the result is Bytes.
        case value
    }

    package let mode: Mode
    /// As the author wrote it.
    package let text: String
    package let root: Node
    package let schema: Schema

    init(mode: Mode, text: String, root: Node, schema: Schema) {
        self.mode = mode
        self.text = text
        self.root = root
        self.schema = schema
    }

    /// An expression made of a tree by a program instead of parsed; its text is its canonical text.
    ///
    /// The tree is taken at its word: types, limits and flat combinations are the maker's business.
    package init(unchecked root: Node, mode: Mode = .filter, schema: Schema = .http) {
        let (text, node) = CanonicalPrinter.print(root, schema: schema)
        self.init(mode: mode, text: text, root: node, schema: schema)
    }

    /// Parses with the HTTP schema; all errors at once.
    package init(_ text: String, mode: Mode = .filter) throws(ExpressionErrors) {
        self = try Parser().parse(text, mode: mode)
    }

    /// Fields it mentions, by the names the author used (deprecated names are not replaced), ascending.
    package var usedFields: [FieldID] {
        var found: Set<FieldID> = []
        root.visit { if case .field(let id) = $0.kind { found.insert(id) } }
        return found.sorted()
    }

    /// Functions it calls, ascending; `any` and `all` are not functions.
    package var usedFunctions: [FunctionID] {
        var found: Set<FunctionID> = []
        root.visit { if case .call(let id, _) = $0.kind { found.insert(id) } }
        return found.sorted { $0.rawValue < $1.rawValue }
    }

    /// Names of the operators it has, sorted: `and`, `not`, `eq`, `strict wildcard`, `bitwise_and` and so on, in words
    /// whatever notation the author used. A Bool that stands alone has none.
    package var usedOperators: [String] {
        var found: Set<String> = []
        root.visit { node in
            switch node.kind {
            case .not: found.insert("not")
            case .combining(let operation, _): found.insert("\(operation)")
            case .test(_, let comparison): comparison.name.map { _ = found.insert($0) }
            default: break
            }
        }
        return found.sorted()
    }

    /// Which of `any` and `all` it has, sorted.
    package var usedQuantifiers: [String] {
        var found: Set<String> = []
        root.visit { if case .quantified(let quantifier, _) = $0.kind { found.insert("\(quantifier)") } }
        return found.sorted()
    }

    /// Named lists it refers to, sorted, without the `$`.
    package var usedLists: [String] {
        var found: Set<String> = []
        root.visit { if case .test(_, .inList(let name)) = $0.kind { found.insert(name) } }
        return found.sorted()
    }

    /// Where a field is mentioned, in the order of the text: for findings with carets.
    package func spans(of field: FieldID) -> [ByteSpan] {
        var spans: [ByteSpan] = []
        root.visit { if case .field(field) = $0.kind { spans.append($0.span) } }
        return spans
    }
}

extension Expression: Hashable {
    /// Equal up to parentheses, notation and spaces.
    package static func == (left: Expression, right: Expression) -> Bool {
        left.mode == right.mode && left.root == right.root
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(mode)
        hasher.combine(root)
    }
}

extension Node {
    /// This node and everything below it, in the order of the text.
    package func visit(_ body: (Node) -> Void) {
        body(self)
        for child in children { child.visit(body) }
    }
}

/// What is left of a condition when some fields are known.
package enum PartialResult: Hashable, Sendable {
    case always(Bool)
    case simplified(Expression)
}

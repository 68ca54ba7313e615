extension Expression {
    /// Puts values in place of fields and drops what no longer matters.
    ///
    /// Conditions that depend on known fields alone become true or false; `and`, `or`, `xor` and `not` are folded. The
    /// simplified expression carries its canonical text. Used to fix `cf.zone.name` for a zone and to drop rows of a
    /// routing table that can never match. Value expressions come back unchanged.
    package func partiallyEvaluated(known: [FieldID: Literal]) -> PartialResult {
        guard mode == .filter else { return .simplified(self) }
        let root = simplified(root, known)
        if case .constant(let value) = root.kind { return .always(value) }
        return .simplified(Expression(mode: mode, text: text, root: root, schema: schema).canonicalized)
    }

    private func simplified(_ node: Node, _ known: [FieldID: Literal]) -> Node {
        switch node.kind {
        case .not(let inner):
            let inner = simplified(inner, known)
            if case .constant(let value) = inner.kind { return constant(!value, node) }
            return Node(.not(inner), type: node.type, span: node.span)
        case .combining(let operation, let operands):
            return folded(operation, operands.map { simplified($0, known) }, node)
        case .test, .quantified:
            guard node.type == .bool, let value = value(of: node, known) else { return node }
            return constant(value, node)
        default:
            return node
        }
    }

    private func constant(_ value: Bool, _ node: Node) -> Node {
        Node(.constant(value), type: .bool, span: node.span)
    }

    private func folded(_ operation: Node.CombiningOperator, _ operands: [Node], _ node: Node) -> Node {
        var open: [Node] = []
        var trues = 0
        var falses = 0
        for operand in operands {
            switch operand.kind {
            case .constant(true): trues += 1
            case .constant(false): falses += 1
            default: open.append(operand)
            }
        }
        switch operation {
        case .and where falses > 0: return constant(false, node)
        case .or where trues > 0: return constant(true, node)
        default: break
        }
        let flips = operation == .xor && trues % 2 == 1
        guard let first = open.first else { return constant(operation == .and || flips, node) }
        let rest = open.count == 1 ? first : .combining(operation, open, span: node.span)
        return flips ? Node(.not(rest), type: rest.type, span: node.span) : rest
    }

    /// The truth of a condition whose fields are all known; nil when it needs more.
    private func value(of node: Node, _ known: [FieldID: Literal]) -> Bool? {
        var values: [FieldID: FieldValue] = [:]
        var isKnown = true
        node.visit { part in
            guard case .field(let id) = part.kind else { return }
            let field = schema.field(id)
            let target = field?.deprecatedAliasFor ?? id
            if let literal = known[id] ?? known[target] {
                values[target] = FieldValue(literal)
            } else {
                isKnown = false
            }
        }
        guard isKnown else { return nil }
        let condition = Expression(mode: .filter, text: text, root: node, schema: schema)
        guard let program = try? ProgramCompiler().compile(condition), let runner = try? ProgramRunner(program) else {
            return nil
        }
        return runner.matches(values)
    }
}

/// What changed between two expressions, told in parts: which comparison, which members of a set, what was added, taken
/// away or moved. Notation, parentheses and spaces are no change.
package enum ExpressionChange: Hashable, Sendable {
    /// A part of an `and`, `or` or `xor` that the other side lacks.
    case added(String, joinedBy: Node.CombiningOperator)
    case removed(String, joinedBy: Node.CombiningOperator)
    /// The same part stands elsewhere among its neighbours, from 1; what it means is the same.
    case moved(String, from: Int, to: Int)
    /// Members of the set that a value is compared with.
    case members(of: String, added: [String], removed: [String])
    /// The same value is compared in another way.
    case compared(String, old: String, new: String)
    /// The same parts are joined in another way.
    case joined(old: Node.CombiningOperator, new: Node.CombiningOperator)
    case quantifier(String, old: Node.Quantifier, new: Node.Quantifier)
    /// `not` came or went in front of the part.
    case negated(String)
    case affirmed(String)
    case replaced(old: String, new: String)

    /// Changes from one expression to another, in the order of the text; none: they say the same in the same order.
    package static func between(_ old: Expression, _ new: Expression) -> [ExpressionChange] {
        var comparison = ExpressionComparison(schema: new.schema)
        comparison.compare(old.root, new.root)
        return comparison.changes
    }
}

/// One walk over two trees.
private struct ExpressionComparison {
    let schema: Schema
    var changes: [ExpressionChange] = []

    init(schema: Schema) {
        self.schema = schema
    }

    private func text(_ node: Node) -> String { CanonicalPrinter.print(node, schema: schema).text }

    mutating func compare(_ old: Node, _ new: Node) {
        guard old != new else { return }
        switch (old.kind, new.kind) {
        case (.combining(let was, let before), .combining(let now, let after)) where was == now:
            operands(before, after, was)
        case (.combining(let was, let before), .combining(let now, let after)) where before == after:
            changes.append(.joined(old: was, new: now))
        case (.combining(let operation, let before), _) where before.contains(new):
            operands(before, [new], operation)
        case (_, .combining(let operation, let after)) where after.contains(old):
            operands([old], after, operation)
        case (.not(let inner), .not(let other)): compare(inner, other)
        case (.not(let inner), _) where inner == new: changes.append(.affirmed(text(new)))
        case (_, .not(let inner)) where inner == old: changes.append(.negated(text(old)))
        case (.quantified(let was, let inner), .quantified(let now, let other)):
            if was != now { changes.append(.quantifier(text(new), old: was, new: now)) }
            compare(inner, other)
        case (.test(let value, let before), .test(let other, let after)) where value == other:
            comparisons(value, before, after, old, new)
        default: changes.append(.replaced(old: text(old), new: text(new)))
        }
    }

    // MARK: operands

    /// Equal operands stay or move; of the others those that are about the same are compared with each other.
    private mutating func operands(_ old: [Node], _ new: [Node], _ operation: Node.CombiningOperator) {
        var left = old.indices.map { Optional($0) }
        var partner: [Int?] = new.map { node in
            guard let place = left.firstIndex(where: { $0.map { old[$0] == node } ?? false }) else { return nil }
            left[place] = nil
            return place
        }
        let stayed = Set(Self.longestAscending(partner.compactMap { $0 }))
        let equal = partner
        for (index, node) in new.enumerated() where partner[index] == nil {
            guard
                let place = left.firstIndex(where: { $0.map { Self.areAboutTheSame(old[$0], node) } ?? false })
            else { continue }
            left[place] = nil
            partner[index] = place
        }
        for place in left.compactMap({ $0 }) { changes.append(.removed(text(old[place]), joinedBy: operation)) }
        for (index, node) in new.enumerated() {
            guard let place = partner[index] else {
                changes.append(.added(text(node), joinedBy: operation))
                continue
            }
            if equal[index] == nil {
                compare(old[place], node)
            } else if !stayed.contains(place) {
                changes.append(.moved(text(node), from: place + 1, to: index + 1))
            }
        }
    }

    /// Whether one is likely to have been made of the other: the same value compared, or the same shape above it.
    private static func areAboutTheSame(_ one: Node, _ other: Node) -> Bool {
        switch (one.kind, other.kind) {
        case (.test(let value, let comparison), .test(let second, let third)):
            value == second || (sameFunction(value, second) && comparison == third)
        case (.not(let inner), .not(let second)): areAboutTheSame(inner, second)
        case (.not(let inner), _): inner == other
        case (_, .not(let inner)): inner == one
        case (.quantified(_, let inner), .quantified(_, let second)): areAboutTheSame(inner, second)
        case (.combining(let operation, let parts), .combining(let second, let others)):
            operation == second && parts.contains { others.contains($0) }
        default: false
        }
    }

    /// `starts_with(path, "/a")` and `starts_with(path, "/b")`.
    private static func sameFunction(_ one: Node, _ other: Node) -> Bool {
        guard case .call(let first, let arguments) = one.kind, case .call(let second, let others) = other.kind else {
            return false
        }
        return first == second && arguments.first == others.first
    }

    private static func longestAscending(_ values: [Int]) -> [Int] {
        var best: [[Int]] = []
        for value in values {
            let before = best.filter { $0.last.map { $0 < value } ?? false }.max { $0.count < $1.count } ?? []
            best.append(before + [value])
        }
        return best.max { $0.count < $1.count } ?? []
    }

    // MARK: comparisons

    private mutating func comparisons(
        _ value: Node, _ before: Comparison, _ after: Comparison, _ old: Node, _ new: Node
    ) {
        guard let mine = members(before), let its = members(after) else {
            changes.append(.compared(text(value), old: tail(old, value), new: tail(new, value)))
            return
        }
        let added = its.filter { !mine.contains($0) }
        let removed = mine.filter { !its.contains($0) }
        if added.isEmpty, removed.isEmpty {
            // The same members in another order or notation: `eq "a"` and `in {"a"}`.
            changes.append(.compared(text(value), old: tail(old, value), new: tail(new, value)))
        } else if added.count == its.count, mine.count == 1, its.count == 1 {
            changes.append(.compared(text(value), old: tail(old, value), new: tail(new, value)))
        } else {
            changes.append(.members(of: text(value), added: added, removed: removed))
        }
    }

    /// What stands behind the value: `in {"a" "b"}`.
    private func tail(_ test: Node, _ value: Node) -> String {
        let whole = text(test)
        let head = text(value)
        guard whole.hasPrefix(head), whole.count > head.count else { return whole }
        return String(whole.dropFirst(head.count).drop { $0 == " " })
    }

    /// The members of a set as they are written; nil: it is none.
    private func members(_ comparison: Comparison) -> [String]? {
        switch comparison {
        case .ordering(.equal, let literal):
            [
                CanonicalPrinter.print(
                    Node(.literal(literal), type: literal.type, span: ByteSpan(0, 0)), schema: schema
                ).text
            ]
        case .inBytes(let texts):
            texts.map { text(Node(.literal(.bytes($0)), type: .bytes, span: ByteSpan(0, 0))) }
        case .inInts(let ranges):
            ranges.map { $0.lowerBound == $0.upperBound ? "\($0.lowerBound)" : "\($0.lowerBound)..\($0.upperBound)" }
        case .inIPs(let ranges): ranges.map(\.description)
        default: nil
        }
    }
}

extension ExpressionChange: CustomStringConvertible {
    /// One line for people.
    package var description: String {
        switch self {
        case .added(let part, let operation): "\(operation) \(part): added"
        case .removed(let part, let operation): "\(operation) \(part): removed"
        case .moved(let part, let from, let to): "\(part): moved from \(from) to \(to), which changes nothing"
        case .members(let value, let added, let removed):
            ([value + ":"] + added.map { "+\($0)" } + removed.map { "-\($0)" }).joined(separator: " ")
        case .compared(let value, let old, let new): "\(value): \(old) → \(new)"
        case .joined(let old, let new): "parts joined by \(old) are now joined by \(new)"
        case .quantifier(let part, let old, let new): "\(part): \(old) is now \(new)"
        case .negated(let part): "not in front of \(part): added"
        case .affirmed(let part): "not in front of \(part): removed"
        case .replaced(let old, let new): "\(old) → \(new)"
        }
    }
}

internal import RulesLanguage

/// A condition with its negations pushed down to the comparisons: what the search takes apart.
indirect enum Formula: Hashable, Sendable {
    case constant(Bool)
    case claim(Claim, holds: Bool)
    case all([Formula])
    case any([Formula])

    /// More operands than this double too often when `xor` is taken apart.
    private static let mostOperandsOfXor = 6

    /// - Parameter node: of type Bool, outdated names replaced.
    init(_ node: Node, holds: Bool, lists: [String: ListContents]) {
        switch node.kind {
        case .constant(let value): self = .constant(value == holds)
        case .not(let inner): self.init(inner, holds: !holds, lists: lists)
        case .combining(.and, let operands):
            let parts = operands.map { Formula($0, holds: holds, lists: lists) }
            self = holds ? .all(parts) : .any(Self.joined(parts))
        case .combining(.or, let operands):
            let parts = operands.map { Formula($0, holds: holds, lists: lists) }
            self = holds ? .any(Self.joined(parts)) : .all(parts)
        case .combining(.xor, let operands) where operands.count <= Self.mostOperandsOfXor:
            guard let first = operands.first else {
                self = .constant(!holds)
                return
            }
            guard operands.count > 1 else {
                self.init(first, holds: holds, lists: lists)
                return
            }
            let rest = Node.combining(.xor, Array(operands.dropFirst()), span: node.span)
            let other = operands.count == 2 ? operands[1] : rest
            func both(_ one: Bool, _ two: Bool) -> Formula {
                .all([Formula(first, holds: one, lists: lists), Formula(other, holds: two, lists: lists)])
            }
            self = .any([both(true, !holds), both(false, holds)])
        default: self = .claim(Claim(node, lists: lists), holds: holds)
        }
    }

    /// Claims about one value that are alternatives are one claim about more values.
    private static func joined(_ parts: [Formula]) -> [Formula] {
        var kept: [Formula] = []
        var places: [Node: Int] = [:]
        for part in parts {
            if case .claim(let claim, holds: true) = part {
                if let place = places[claim.subject], case .claim(let before, true) = kept[place],
                    let both = before.or(claim)
                {
                    kept[place] = .claim(both, holds: true)
                    continue
                }
                if places[claim.subject] == nil { places[claim.subject] = kept.count }
            }
            kept.append(part)
        }
        return kept
    }
}

internal import EdgeModel
internal import RulesLanguage

/// An expression as people read it: every condition in words, below it its parts, with their truth when there is a
/// request.
struct ExpressionTree {
    private let text: String
    private let words: String
    private let truth: Truth?
    /// What the compared value is in this request.
    private let value: String?
    private let children: [ExpressionTree]

    /// - Parameter evaluation: nil: the tree says what is asked and not how it is answered.
    init(_ node: RulesLanguage.Node, _ evaluation: RuleEvaluation?) throws {
        let isAlone = node.type == .bool
        text = Expression(unchecked: node).text
        words = Self.wording(of: node)
        truth = try isAlone ? evaluation?.truth(node) : nil
        switch node.kind {
        case .combining(_, let nodes): children = try nodes.map { try ExpressionTree($0, evaluation) }
        case .not(let inner), .quantified(_, let inner): children = [try ExpressionTree(inner, evaluation)]
        default: children = []
        }
        if let evaluation, case .test(let compared, _) = node.kind, isAlone {
            value = try Self.shown(compared, evaluation)
        } else {
            value = nil
        }
    }

    private static func shown(_ node: RulesLanguage.Node, _ evaluation: RuleEvaluation) throws -> String {
        guard let text = try evaluation.text(node) else { return "it is missing" }
        let quoted = node.type == .bytes ? "\"\(text)\"" : text
        return "it is \(quoted)"
    }

    // MARK: forms

    var document: DocumentValue {
        let truths: [Truth: String] = [.yes: "true", .no: "false", .missing: "missing"]
        return .object([
            "text": .string(text), "words": .string(words), "truth": truth.flatMap { truths[$0] }.map { .string($0) },
            "value": value.map { .string($0) },
            "parts": children.isEmpty ? nil : .array(children.map(\.document)),
        ])
    }

    func pieces(indent: Int = 0) -> [Output.Piece] {
        let mark =
            switch truth {
            case .yes: "✓ "
            case .no: "✗ "
            case .missing: "? "
            case nil: ""
            }
        let style: Style = truth == .yes ? .good : truth == nil ? .plain : .bad
        let space = String(repeating: "  ", count: indent)
        // A combination is told by its parts, which come below.
        let isWhole = children.isEmpty || indent == 0
        let first = isWhole ? text : words
        var pieces = [Output.Piece("\(space)\(mark)\(first)", style)]
        if isWhole {
            // A condition asks; a combination says how its parts are joined.
            pieces.append(Output.Piece("\(space)  \(children.isEmpty ? "asks whether " : "")\(words)", .dim))
        }
        if let value {
            pieces.append(
                Output.Piece("\(space)  here \(value)\(truth == .missing ? ", and no comparison holds" : "")"))
        }
        return pieces + children.flatMap { $0.pieces(indent: indent + 1) }
    }

    // MARK: words

    private static func wording(of node: RulesLanguage.Node) -> String {
        switch node.kind {
        case .constant(let value): value ? "every request" : "no request"
        case .not: "the following does not hold"
        case .combining(.and, let nodes): nodes.count == 2 ? "both of these hold" : "all \(nodes.count) of these hold"
        case .combining(.or, _): "at least one of these holds"
        case .combining(.xor, let nodes):
            nodes.count == 2 ? "one of these holds and the other does not" : "an odd number of these hold"
        case .quantified(.any, _): "for at least one element the following holds"
        case .quantified(.all, _): "for every element the following holds"
        case .test(let value, let comparison): "\(wording(ofValue: value)) \(wording(of: comparison, value))"
        default: Expression(unchecked: node).text
        }
    }

    private static func wording(ofValue node: RulesLanguage.Node) -> String {
        let text = Expression(unchecked: node).text
        return node.isEach ? "an element of \(text)" : text
    }

    private static func wording(of comparison: Comparison, _ value: RulesLanguage.Node) -> String {
        // Right of the value, the canonical text behind the operator.
        let whole = Expression(unchecked: RulesLanguage.Node(.test(value, comparison), type: .bool, span: value.span))
            .text
        let operand =
            comparison.name.flatMap { name in
                whole.firstRange(of: " \(name) ", after: Expression(unchecked: value).text)
            } ?? ""
        return switch comparison {
        case .isTrue: "is true"
        case .ordering(.equal, _), .orderingValue(.equal, _): "is \(operand)"
        case .ordering(.notEqual, _), .orderingValue(.notEqual, _): "is there and is not \(operand)"
        case .ordering(.less, _), .orderingValue(.less, _): "is less than \(operand)"
        case .ordering(.lessOrEqual, _), .orderingValue(.lessOrEqual, _): "is at most \(operand)"
        case .ordering(.greater, _), .orderingValue(.greater, _): "is greater than \(operand)"
        case .ordering(.greaterOrEqual, _), .orderingValue(.greaterOrEqual, _): "is at least \(operand)"
        case .bitwiseAnd, .bitwiseAndValue: "has a bit in common with \(operand)"
        case .contains: "contains \(operand)"
        case .matches: "has a part that matches the pattern \(operand)"
        case .wildcard(_, true): "matches \(operand) as a whole, case matters"
        case .wildcard(_, false): "matches \(operand) as a whole, whatever the case"
        case .inBytes(let members): membership(operand, members.count)
        case .inInts(let members): membership(operand, members.count)
        case .inIPs(let members): membership(operand, members.count)
        case .inList(let name): "is in the list \(name)"
        }
    }

    private static func membership(_ operand: String, _ count: Int) -> String {
        count == 0 ? "is in an empty set, which nothing is" : "is in \(operand)"
    }
}

extension String {
    /// What stands behind `part` in this text, of which `head` is the beginning.
    fileprivate func firstRange(of part: String, after head: String) -> String? {
        guard hasPrefix(head) else { return nil }
        let rest = dropFirst(head.count)
        return rest.hasPrefix(part) ? String(rest.dropFirst(part.count)) : nil
    }
}

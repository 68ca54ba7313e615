internal import RulesLanguage
internal import RulesReasoning

/// Finds, among many conditions, those that hold for given values, without asking each: conditions that want one of a few
/// texts of a field are looked up by that text.
struct CoverIndex {
    private struct Key: Hashable {
        var field: FieldID
        var text: [UInt8]
    }

    private final class Condition {
        let number: Int
        private let runner: ProgramRunner

        init?(_ condition: Expression, _ number: Int) {
            guard let program = try? ProgramCompiler().compile(condition), let runner = try? ProgramRunner(program)
            else {
                return nil
            }
            self.runner = runner
            self.number = number
        }

        func holds(_ values: [FieldID: FieldValue]) -> Bool { runner.matches(values) }
    }

    private var keyed: [Key: [Condition]] = [:]
    private var others: [Condition] = []

    mutating func add(_ expression: Expression, _ number: Int) {
        guard let condition = Condition(expression, number) else { return }
        if let keys = Self.keys(expression.root) {
            for key in keys { keyed[key, default: []].append(condition) }
        } else {
            others.append(condition)
        }
    }

    /// Numbers of the conditions that hold, ascending.
    func candidates(_ witness: Witness) -> [Int] {
        let values = witness.values
        var found = others.filter { $0.holds(values) }.map(\.number)
        for (field, value) in values {
            guard case .bytes(let text) = value, let conditions = keyed[Key(field: field, text: text)] else { continue }
            found += conditions.filter { $0.holds(values) }.map(\.number)
        }
        return found.sorted()
    }

    /// The texts of which the condition needs one; nil: it needs none.
    private static func keys(_ node: ExpressionNode) -> Set<Key>? {
        switch node.kind {
        case .test(let value, let comparison):
            guard case .field(let id) = value.kind else { return nil }
            switch comparison {
            case .ordering(.equal, .bytes(let text)): return [Key(field: id, text: text)]
            case .inBytes(let texts) where texts.count <= 64: return Set(texts.map { Key(field: id, text: $0) })
            default: return nil
            }
        case .combining(.and, let operands):
            return operands.lazy.compactMap(keys).min { $0.count < $1.count }
        case .combining(.or, let operands):
            var all: Set<Key> = []
            for operand in operands {
                guard let some = keys(operand) else { return nil }
                all.formUnion(some)
            }
            return all.count <= 64 ? all : nil
        default: return nil
        }
    }
}

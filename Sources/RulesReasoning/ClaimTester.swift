internal import RulesLanguage

/// Tells whether a claim holds for a given text, with the language's own evaluator where it takes more than a look.
///
/// Compiled comparisons are kept, so that a search asks for each once.
final class ClaimTester {
    /// Gives a runner an identity, so that a dictionary can hold it.
    private final class Runner {
        private let runner: ProgramRunner

        init?(_ program: Program?) {
            guard let program, let runner = try? ProgramRunner(program) else { return nil }
            self.runner = runner
        }

        func matches(_ values: [FieldID: FieldValue]) -> Bool { runner.matches(values) }
    }

    private let compiler: ProgramCompiler
    private let schema: Schema
    private var runners: [Node: Runner?] = [:]

    init(schema: Schema, lists: [String: ListContents]) {
        self.schema = schema
        compiler = ProgramCompiler(lists: lists)
    }

    /// Whether the claim holds for its subject being this text; nil: not told by looking.
    func holds(_ claim: Claim, _ text: [UInt8]) -> Bool? {
        switch claim.predicate {
        case .texts(let texts): texts.contains(text)
        case .otherThan(let other): text != other
        case .glob(let glob): glob.contains(text)
        case .ordered(let ordering, let other):
            switch ordering {
            case .less: text.lexicographicallyPrecedes(other)
            case .lessOrEqual: !other.lexicographicallyPrecedes(text)
            case .greater: other.lexicographicallyPrecedes(text)
            case .greaterOrEqual: !text.lexicographicallyPrecedes(other)
            case .equal: text == other
            case .notEqual: text != other
            }
        case .integers, .bits, .addresses: nil
        case .opaque:
            if case .field(let id) = claim.subject.kind { evaluate(claim.node, [id: .bytes(text)]) } else { nil }
        }
    }

    /// Whether the claim, which reads this field only, holds for the field being this text; nil: it cannot be told.
    func holds(_ claim: Claim, _ field: FieldID, _ text: [UInt8]) -> Bool? {
        if claim.subject.kind == .field(field), let answer = holds(claim, text) { return answer }
        return evaluate(claim.node, [field: .bytes(text)])
    }

    /// Whether a condition holds for these values and no others; nil: it cannot be compiled.
    func evaluate(_ node: Node, _ values: [FieldID: FieldValue]) -> Bool? {
        if runners[node] == nil {
            runners[node] = Runner(try? compiler.compile(Expression(unchecked: node, schema: schema)))
        }
        return runners[node]??.matches(values)
    }
}

internal import EdgeModel
internal import RulesLanguage

/// The compiled conditions of one domain in the order of their rules. Read by any number of threads.
final class MailConditionTable: Sendable {
    /// Position of each condition's rule in the ruleset, ascending.
    let rules: [Int32]
    private let programs: [UInt8]
    /// Certainly true, and certainly false.
    private let holds: [Range<Int>]
    private let fails: [Range<Int>]
    private let holdsRegexes: [Int]
    private let failsRegexes: [Int]
    private let regexes: RegexTable
    private let gates: GateTable

    /// - Throws: what the compiler says; never for conditions that `MailCondition.findings` found good.
    init(_ conditions: [(rule: Int32, condition: MailCondition)], _ lists: KnownLists) throws {
        rules = conditions.map(\.rule)
        let compiler = ProgramCompiler(lists: lists.contents)
        var (bytes, patterns) = ([UInt8](), [[UInt8]]())
        func add(_ expression: Expression) throws -> (Range<Int>, Int) {
            let program = try compiler.compile(expression)
            let (start, first) = (bytes.count, patterns.count)
            program.bytes.withUnsafeBytes { buffer in
                patterns += ProgramVerifier.regexPatterns(in: buffer).map { Array($0) }
            }
            bytes += program.bytes
            return (start..<bytes.count, first)
        }
        let positive = try conditions.map { try add($0.condition.holds) }
        let negative = try conditions.map { try add($0.condition.fails) }
        (holds, holdsRegexes) = (positive.map(\.0), positive.map(\.1))
        (fails, failsRegexes) = (negative.map(\.0), negative.map(\.1))
        var table = RegexTable(capacity: patterns.count)
        for pattern in patterns { try pattern.withUnsafeBytes { try table.append($0) } }
        regexes = table
        programs = bytes
        var gates: GateTable?
        bytes.withUnsafeBytes { buffer in
            gates = GateTable(positive.map { UnsafeRawBufferPointer(rebasing: buffer[$0.0]) })
        }
        self.gates = gates.take() ?? GateTable([])
    }

    /// The first condition from a position on that may hold.
    func next(_ start: Int, _ fields: borrowing FieldTable) -> Int { gates.next(start, rules.count, fields) }

    func holds(
        _ index: Int, _ fields: borrowing FieldTable, _ scratch: inout Scratch,
        explanation: UnsafeMutablePointer<ExplanationBuffer>? = nil
    ) -> Bool {
        programs.withUnsafeBytes { bytes in
            Evaluator.matches(
                UnsafeRawBufferPointer(rebasing: bytes[holds[index]]), fields,
                regexes: regexes.base(at: holdsRegexes[index]), scratch: &scratch, explanation: explanation)
        }
    }

    func fails(_ index: Int, _ fields: borrowing FieldTable, _ scratch: inout Scratch) -> Bool {
        programs.withUnsafeBytes { bytes in
            Evaluator.matches(
                UnsafeRawBufferPointer(rebasing: bytes[fails[index]]), fields,
                regexes: regexes.base(at: failsRegexes[index]), scratch: &scratch)
        }
    }
}

/// A verified program with its compiled patterns, for tests, the command line and partial evaluation.
///
/// The edge does the same by hand, with one table of patterns for a whole plan.
package struct ProgramRunner: ~Copyable {
    package let program: Program
    package let summary: ProgramSummary
    private let regexes: RegexTable

    /// Throws when the bytes are no program or a pattern does not compile; neither happens to what the compiler made.
    package init(_ program: Program) throws {
        let (summary, patterns) = try program.bytes.withUnsafeBytes { bytes in
            let summary = try ProgramVerifier.verify(bytes)
            return (summary, ProgramVerifier.regexPatterns(in: bytes).map { Array($0) })
        }
        let regexes = try RegexTable(compiling: patterns)
        self.program = program
        self.summary = summary
        self.regexes = regexes
    }

    /// Whether the condition holds; false for value programs.
    package func matches(_ fields: borrowing FieldTable, scratch: inout Scratch) -> Bool {
        program.bytes.withUnsafeBytes { bytes in
            Evaluator.matches(bytes, fields, regexes: regexes.base(at: 0), scratch: &scratch)
        }
    }

    /// Whether the condition holds.
    package func matches(_ values: [FieldID: FieldValue]) -> Bool {
        let store = FieldStore(values)
        var scratch = Scratch()
        return matches(store.table, scratch: &scratch)
    }

    /// Whether the condition holds, and what its evaluated parts came to, in order.
    package func explained(_ values: [FieldID: FieldValue]) -> (result: Bool, parts: [ExplanationBuffer.Entry]) {
        let store = FieldStore(values)
        var scratch = Scratch()
        var explanation = ExplanationBuffer(capacity: 4_096)
        let result = program.bytes.withUnsafeBytes { bytes in
            withUnsafeMutablePointer(to: &explanation) { explanation in
                Evaluator.matches(
                    bytes, store.table, regexes: regexes.base(at: 0), scratch: &scratch, explanation: explanation)
            }
        }
        return (result, explanation.entries())
    }

    /// The result of a value program; nil when it is missing.
    package func bytes(_ values: [FieldID: FieldValue]) -> [UInt8]? {
        let store = FieldStore(values)
        var scratch = Scratch()
        return program.bytes.withUnsafeBytes { bytes in
            Evaluator.bytes(bytes, store.table, regexes: regexes.base(at: 0), scratch: &scratch).map { Array($0) }
        }
    }
}

extension Expression {
    /// Compiles and evaluates a condition once. Throws what the compiler throws.
    package func evaluate(
        _ values: [FieldID: FieldValue], lists: [String: ListContents] = [:]
    ) throws -> Bool {
        try ProgramRunner(ProgramCompiler(lists: lists).compile(self)).matches(values)
    }

    /// Compiles and evaluates a value expression once; nil when the value is missing.
    package func evaluateValue(
        _ values: [FieldID: FieldValue], lists: [String: ListContents] = [:]
    ) throws -> [UInt8]? {
        try ProgramRunner(ProgramCompiler(lists: lists).compile(self)).bytes(values)
    }
}

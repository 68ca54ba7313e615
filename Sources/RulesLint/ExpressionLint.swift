package import EdgeModel
package import EdgePlan
package import RulesLanguage
package import RulesReasoning

/// A part of an expression; the model has nodes of another kind.
typealias ExpressionNode = RulesLanguage.Node

/// Looks at one expression: what it says about values that never are so, how it is written, and what can be proven of it.
package struct ExpressionLint {
    let expression: Expression
    let phase: Phase?
    let place: String
    /// Seconds since 1970; nil: nothing is said about times.
    let now: Int64?
    let prover: Prover
    private(set) var findings: [Finding] = []

    package static func findings(
        _ expression: Expression, in phase: Phase? = nil, at place: String, now: Int64? = nil, prover: Prover = Prover()
    ) -> [Finding] {
        var lint = ExpressionLint(expression: expression, phase: phase, place: place, now: now, prover: prover)
        lint.run()
        return lint.findings
    }

    private init(expression: Expression, phase: Phase?, place: String, now: Int64?, prover: Prover) {
        self.expression = expression
        self.phase = phase
        self.place = place
        self.now = now
        self.prover = prover
    }

    private mutating func run() {
        notation()
        var tests: [(value: ExpressionNode, comparison: Comparison, node: ExpressionNode)] = []
        expression.root.visit { node in
            if case .test(let value, let comparison) = node.kind { tests.append((value, comparison, node)) }
        }
        for test in tests {
            sets(test.comparison, test.node)
            patterns(test.value, test.comparison, test.node)
            texts(test.value, test.comparison, test.node)
            numbers(test.value, test.comparison, test.node)
        }
        names()
        if expression.mode == .filter { proofs() }
    }

    mutating func report(_ kind: LintKind, _ node: ExpressionNode, _ message: String, remedy: String? = nil) {
        report(kind, node.span, message, remedy: remedy)
    }

    mutating func report(_ kind: LintKind, _ span: ByteSpan, _ message: String, remedy: String? = nil) {
        let finding = kind.finding(
            at: place, message, remedy: remedy, excerpt: Excerpt.text(of: span, in: expression.text))
        if !findings.contains(finding) { findings.append(finding) }
    }

    func text(_ node: ExpressionNode) -> String { Excerpt.words(node.span, in: expression.text) }
}

/// Pieces of an expression's text for messages.
enum Excerpt {
    /// The line with carets under the place.
    static func text(of span: ByteSpan, in text: String) -> String {
        let rendered = ExpressionError(.expected, span, "").rendered(in: text)
        return rendered.split(separator: "\n").dropFirst().map { line in
            String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }

    /// The words of a part, shortened.
    static func words(_ span: ByteSpan, in text: String) -> String {
        let bytes = Array(text.utf8)
        let range = span.range.clamped(to: bytes.indices)
        let words = String(decoding: bytes[range], as: UTF8.self)
        return words.count > 80 ? words.prefix(77) + "…" : words
    }
}

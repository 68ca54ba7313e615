/// Turns text into a checked `Expression`.
///
/// The grammar is Cloudflare's: white space is space, carriage return and line feed only; `not` binds tighter than
/// `and`, then `xor`, then `or`; operators are lower case and need no space around them.
package struct Parser: Sendable {
    /// Most errors reported for one text.
    static let maximumErrors = 20

    package let schema: Schema

    package init(schema: Schema = .http) {
        self.schema = schema
    }

    /// Parses a condition (`.filter`) or a value expression (`.value`).
    ///
    /// Throws every error that could be told apart, at most 20. Never recurses deeper than the language allows.
    package func parse(_ text: String, mode: Expression.Mode = .filter) throws(ExpressionErrors) -> Expression {
        var run = ParserRun(text, schema: schema)
        let root = run.parse(mode)
        guard run.errors.isEmpty, let root else {
            let fallback = ExpressionError(.expected, ByteSpan(0, 0), "expected an expression")
            var seen: Set<ExpressionError> = []
            let errors = run.errors.filter { seen.insert($0).inserted }.sorted { $0.span.start < $1.span.start }
            throw ExpressionErrors(errors.isEmpty ? [fallback] : errors, text: text)
        }
        return Expression(mode: mode, text: text, root: root, schema: schema)
    }
}

/// Turns text into a checked `Expression`.
package struct Parser: Sendable {
    package let schema: Schema

    package init(schema: Schema = .http) {
        self.schema = schema
    }

    /// Parses a condition (`.filter`) or a value expression (`.value`).
    ///
    /// Throws every error that could be told apart, at most 20. Never recurses deeper than the language allows.
    package func parse(_ text: String, mode: Expression.Mode = .filter) throws(ExpressionErrors) -> Expression {
        throw ExpressionErrors([ExpressionError(.empty, ByteSpan(0, 0), "empty")], text: text)
    }
}

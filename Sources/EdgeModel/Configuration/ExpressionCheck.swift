internal import EdgePlan
package import RulesLanguage

/// Expressions as parts of rules: syntax, canonical text, and whether this edge can know what they ask.
package enum ExpressionCheck {
    /// Every syntax or type error, with carets.
    package static func syntaxFindings(
        _ text: String, mode: Expression.Mode = .filter, at place: String, line: Int? = nil
    ) -> [Finding] {
        do throws(ExpressionErrors) {
            _ = try Expression(text, mode: mode)
            return []
        } catch {
            return error.errors.map { one in
                Finding(
                    .error, one.code.rawValue, at: place, line: line, one.message, remedy: one.remedy,
                    excerpt: one.rendered(in: text))
            }
        }
    }

    /// What an enabled rule asks of this edge that it cannot answer: fields it never fills, response fields too early.
    package static func edgeFindings(_ expression: Expression, ref: String, response: Bool, at place: String)
        -> [Finding]
    {
        var findings: [Finding] = []
        for id in expression.usedFields {
            guard let field = expression.schema.field(id) else { continue }
            if !field.filledByEdge {
                findings.append(
                    Finding(
                        .error, "field-never-filled", at: place,
                        "rule '\(ref)' asks for '\(field.name)', which this edge never fills",
                        remedy: "rewrite the expression without it, or disable the rule"))
            } else if field.side == .response, !response {
                findings.append(
                    Finding(
                        .error, "response-field-in-request", at: place,
                        "rule '\(ref)' asks for '\(field.name)' before there is a response",
                        remedy: "move the rule to \(Phase.responseHeadersTransform.rawValue)"))
            } else if let alias = field.deprecatedAliasFor, let current = expression.schema.field(alias) {
                findings.append(
                    Finding(
                        .info, "deprecated-field", at: place, "rule '\(ref)': '\(field.name)' is now '\(current.name)'")
                )
            }
        }
        return findings
    }

    /// Whether an expression asks for the response.
    package static func readsResponse(_ text: String) -> Bool {
        guard let expression = try? Expression(text) else { return false }
        return expression.usedFields.contains { expression.schema.field($0)?.side == .response }
    }

    /// Lists that are not there, or hold something else than what is asked for.
    package static func listFindings(_ expression: Expression, _ lists: [String: ListContents], at place: String)
        -> [Finding]
    {
        guard !expression.usedLists.isEmpty else { return [] }
        do throws(ExpressionErrors) {
            _ = try ProgramCompiler(lists: lists).compile(expression)
            return []
        } catch {
            return error.errors.filter { [.unknownList, .tooLarge].contains($0.code) }.map { one in
                Finding(
                    .error, one.code.rawValue, at: place, one.message, remedy: one.remedy,
                    excerpt: one.rendered(in: expression.text))
            }
        }
    }

    /// One notation without needless parentheses; the text itself when it does not parse.
    package static func canonical(_ text: String) -> String { (try? Expression(text))?.canonical ?? text }
    package static func canonicalValue(_ text: String) -> String {
        (try? Expression(text, mode: .value))?.canonical ?? text
    }
}

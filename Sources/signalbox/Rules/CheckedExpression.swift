internal import EdgeModel
internal import RulesLanguage

/// What a check of one expression found, in every form it is asked for.
struct CheckedExpression {
    let text: String
    private let expression: Expression?
    private let errors: [ExpressionError]

    init(_ text: String, _ mode: Expression.Mode) {
        self.text = text
        do throws(ExpressionErrors) {
            expression = try Expression(text, mode: mode)
            errors = []
        } catch {
            expression = nil
            errors = error.errors
        }
    }

    /// nil when it has faults.
    var canonical: String? { expression?.canonical }

    var document: DocumentValue {
        guard let expression else {
            let documents = errors.map { error -> DocumentValue in
                let place = error.position(in: text)
                return .object([
                    "code": .string(error.code.rawValue), "message": .string(error.message),
                    "line": .int(place.line), "column": .int(place.column),
                    "start": .int(Int(error.span.start)), "end": .int(Int(error.span.end)),
                    "remedy": error.remedy.map { .string($0) }, "text": .string(error.rendered(in: text)),
                ])
            }
            return .object(["ok": .bool(false), "error": documents.first ?? .null, "errors": .array(documents)])
        }
        let schema = expression.schema
        let functions = expression.usedFunctions.compactMap { schema.function($0)?.name } + expression.usedQuantifiers
        return .object([
            "ok": .bool(true), "canonical": .string(expression.canonical),
            "fields": .array(expression.usedFields.compactMap { schema.field($0).map { .string($0.name) } }),
            "functions": .array(functions.sorted().map { .string($0) }),
            "operators": .array(expression.usedOperators.map { .string($0) }),
            "lists": .array(expression.usedLists.map { .string($0) }),
            "unfilled_fields": .array(unfilled.map { .string($0) }),
        ])
    }

    /// Fields that this edge never fills: an enabled rule with one is refused later.
    private var unfilled: [String] {
        guard let expression else { return [] }
        return expression.usedFields.compactMap(expression.schema.field).filter { !$0.filledByEdge }.map(\.name)
    }

    /// For people: carets under every fault, or the expression in one notation.
    func pieces(line: Int? = nil) -> [Output.Piece] {
        guard let expression else {
            let head = line.map { [Output.Piece("line \($0)", .strong)] } ?? []
            return head + errors.map { Output.Piece(SafeText(lines: $0.rendered(in: text)).trimmed, .bad) }
        }
        var pieces = [Output.Piece("ok", .good), Output.Piece(SafeText(lines: expression.canonical))]
        if !unfilled.isEmpty {
            pieces.append(
                Output.Piece("this edge never fills \(unfilled.joined(separator: ", "))", .warning))
        }
        return pieces
    }

    func findings(at place: String, _ line: Int?) -> [Finding] {
        errors.map {
            Finding(
                .error, $0.code.rawValue, at: place, line: line, $0.message, remedy: $0.remedy,
                excerpt: $0.rendered(in: text))
        }
    }
}

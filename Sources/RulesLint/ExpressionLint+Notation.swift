internal import RulesLanguage

/// How an expression is written, whatever it says.
extension ExpressionLint {
    private static let pairs: [(word: String, sign: String)] = [
        ("eq", "=="), ("ne", "!="), ("lt", "<"), ("le", "<="), ("gt", ">"), ("ge", ">="), ("and", "&&"), ("or", "||"),
        ("xor", "^^"), ("not", "!"), ("matches", "~"),
    ]

    mutating func notation() {
        mixedNotation()
        combinations(expression.root)
    }

    private mutating func mixedNotation() {
        let tokens = Set(OperatorScanner.operators(in: expression.text))
        for (word, sign) in Self.pairs where tokens.contains(word) && tokens.contains(sign) {
            report(
                .mixedNotation, expression.root, "both '\(word)' and '\(sign)' are used",
                remedy: "write: \(expression.canonical)")
            return
        }
    }

    private mutating func combinations(_ node: ExpressionNode) {
        switch node.kind {
        case .combining(let operation, let operands):
            for operand in operands {
                guard case .combining(let inner, _) = operand.kind, operation != .and, inner == .and,
                    !isParenthesized(operand)
                else { continue }
                report(
                    .mixedAndOr, operand, "'\(inner)' is joined by '\(operation)' without parentheses",
                    remedy: "write (\(text(operand)))")
            }
            if operation == .or { alternatives(operands, node) }
            for operand in operands { combinations(operand) }
        case .not(let inner):
            if case .not = inner.kind {
                report(.doubleNegation, node, "'not not' says nothing", remedy: "remove both")
            }
            if case .test(let value, .ordering(.equal, let literal)) = inner.kind, mayBeMissing(value) {
                _ = literal
                report(
                    .negatedComparison, node, "this also matches requests without \(text(value))",
                    remedy: "write 'ne' to match only requests that have it, or add a comment in the description")
            }
            combinations(inner)
        case .quantified(_, let inner): combinations(inner)
        default: break
        }
    }

    /// `a eq "x" or a eq "y" or a eq "z"`
    private mutating func alternatives(_ operands: [ExpressionNode], _ node: ExpressionNode) {
        var counts: [ExpressionNode: [ExpressionNode]] = [:]
        for operand in operands {
            guard case .test(let value, .ordering(.equal, _)) = operand.kind, value.type != .bool else { continue }
            counts[value, default: []].append(operand)
        }
        for (value, tests) in counts where tests.count >= 3 {
            let members = tests.compactMap { test -> String? in
                guard case .test(_, .ordering(_, let literal)) = test.kind else { return nil }
                return Expression(
                    unchecked: ExpressionNode(.literal(literal), type: literal.type, span: test.span), mode: .value
                )
                .text
            }
            report(
                .manyAlternatives, node, "\(tests.count) comparisons of \(text(value)) are joined by 'or'",
                remedy: "write \(text(value)) in {\(members.joined(separator: " "))}")
        }
    }

    private func isParenthesized(_ node: ExpressionNode) -> Bool {
        let bytes = Array(expression.text.utf8)
        var index = Int(node.span.start)
        while index > 0 {
            index -= 1
            if bytes[index] == UInt8(ascii: "(") { return true }
            guard [0x20, 0x0d, 0x0a].contains(bytes[index]) else { return false }
        }
        return false
    }

    /// Elements of maps and arrays need not be there.
    func mayBeMissing(_ value: ExpressionNode) -> Bool {
        switch value.kind {
        case .index: !value.isEach
        case .call(_, let arguments): arguments.first.map(mayBeMissing) ?? false
        default: false
        }
    }
}

/// Finds operators in a text that parses, past strings.
enum OperatorScanner {
    private static let signs = ["==", "!=", "<=", ">=", "&&", "||", "^^", "<", ">", "!", "~"]

    static func operators(in text: String) -> [String] {
        let bytes = Array(text.utf8)
        var found: [String] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if let end = stringEnd(bytes, index) {
                index = end
            } else if isWord(byte) {
                let start = index
                while index < bytes.count, isWord(bytes[index]) { index += 1 }
                // `r"…"` and `r#"…"#`
                if index - start == 1, byte == UInt8(ascii: "r"), let end = rawStringEnd(bytes, index) {
                    index = end
                } else {
                    found.append(String(decoding: bytes[start..<index], as: UTF8.self))
                }
            } else if let sign = signs.first(where: { bytes[index...].starts(with: $0.utf8) }) {
                found.append(sign)
                index += sign.utf8.count
            } else {
                index += 1
            }
        }
        return found
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte) || (0x30...0x39).contains(byte)
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
    }

    private static func stringEnd(_ bytes: [UInt8], _ start: Int) -> Int? {
        guard bytes[start] == UInt8(ascii: "\"") else { return nil }
        var index = start + 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index + 1, bytes.count)
    }

    private static func rawStringEnd(_ bytes: [UInt8], _ start: Int) -> Int? {
        var index = start
        while index < bytes.count, bytes[index] == UInt8(ascii: "#") { index += 1 }
        let signs = index - start
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return nil }
        let end = [UInt8(ascii: "\"")] + [UInt8](repeating: UInt8(ascii: "#"), count: signs)
        index += 1
        while index < bytes.count {
            if bytes[index...].starts(with: end) { return index + end.count }
            index += 1
        }
        return bytes.count
    }
}

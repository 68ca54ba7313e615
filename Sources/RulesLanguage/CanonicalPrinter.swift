/// Writes trees in one notation: words for operators, one space, double quotes, no needless parentheses.
///
/// Equal trees give equal text, and parsing that text gives the tree back.
struct CanonicalPrinter {
    private(set) var text: [UInt8] = []
    private let schema: Schema

    init(schema: Schema) {
        self.schema = schema
    }

    /// Prints and returns the node with its places in the printed text.
    static func print(_ node: Node, schema: Schema) -> (text: String, node: Node) {
        var printer = CanonicalPrinter(schema: schema)
        let node = printer.write(node)
        return (String(decoding: printer.text, as: UTF8.self), node)
    }

    private mutating func put(_ string: String) {
        text.append(contentsOf: string.utf8)
    }

    private mutating func write(_ node: Node) -> Node {
        let start = text.count
        var copy = node
        switch node.kind {
        case .constant(let value): put(value ? "true" : "false")
        case .not(let inner):
            put("not ")
            copy.kind = .not(writeOperand(inner, below: nil))
        case .combining(let operation, let operands):
            var written: [Node] = []
            for (index, operand) in operands.enumerated() {
                if index > 0 { put(" \(operation) ") }
                written.append(writeOperand(operand, below: operation))
            }
            copy.kind = .combining(operation, written)
        case .test(let value, let comparison):
            let value = write(value)
            copy.kind = .test(value, write(comparison))
        case .quantified(let quantifier, let inner):
            put("\(quantifier)(")
            copy.kind = .quantified(quantifier, writeOperand(inner, below: nil))
            put(")")
        case .field(let id): put(schema.field(id)?.name ?? "")
        case .literal(let literal): write(literal)
        case .regex(let pattern): writePattern(pattern)
        case .wildcard(let pattern): writeString(pattern)
        case .index(let inner, let index):
            copy.kind = .index(write(inner), index)
            write(index)
        case .call(let id, let arguments):
            put("\(schema.function(id)?.name ?? "")(")
            var written: [Node] = []
            for (index, argument) in arguments.enumerated() {
                if index > 0 { put(", ") }
                written.append(write(argument))
            }
            put(")")
            copy.kind = .call(id, written)
        }
        copy.span = ByteSpan(start, text.count)
        return copy
    }

    /// An operand, in parentheses when it is a combination that binds no tighter than what it stands below (nil: a
    /// place where no combination may stand bare).
    private mutating func writeOperand(_ node: Node, below: Node.CombiningOperator?) -> Node {
        var needsParentheses = false
        if case .combining(let inner, _) = node.kind {
            needsParentheses = below.map { inner.rawValue <= $0.rawValue } ?? true
        }
        if needsParentheses { put("(") }
        let written = write(node)
        if needsParentheses { put(")") }
        return written
    }

    /// Returns the comparison with the places of its value in the printed text.
    private mutating func write(_ comparison: Comparison) -> Comparison {
        switch comparison {
        case .isTrue: break
        case .ordering(let ordering, let literal):
            put(" \(ordering.name) ")
            write(literal)
        case .orderingValue(let ordering, let value):
            put(" \(ordering.name) ")
            return .orderingValue(ordering, write(value))
        case .bitwiseAndValue(let value):
            put(" bitwise_and ")
            return .bitwiseAndValue(write(value))
        case .bitwiseAnd(let mask): put(" bitwise_and \(mask)")
        case .contains(let part):
            put(" contains ")
            writeString(part)
        case .matches(let pattern):
            put(" matches ")
            writeRegex(pattern)
        case .wildcard(let pattern, let strict):
            put(strict ? " strict wildcard " : " wildcard ")
            writeString(pattern)
        case .inBytes(let strings):
            put(" in {")
            for (index, string) in strings.enumerated() {
                if index > 0 { put(" ") }
                writeString(string)
            }
            put("}")
        case .inInts(let ranges):
            let words = ranges.map {
                $0.lowerBound == $0.upperBound ? "\($0.lowerBound)" : "\($0.lowerBound)..\($0.upperBound)"
            }
            put(" in {\(words.joined(separator: " "))}")
        case .inIPs(let ranges): put(" in {\(ranges.map(\.description).joined(separator: " "))}")
        case .inList(let name): put(" in $\(name)")
        }
        return comparison
    }

    private mutating func write(_ index: Node.Index) {
        switch index {
        case .position(let position): put("[\(position)]")
        case .key(let key):
            put("[")
            writeString(key)
            put("]")
        case .each: put("[*]")
        }
    }

    private mutating func write(_ literal: Literal) {
        switch literal {
        case .bool(let value): put(value ? "true" : "false")
        case .bytes(let bytes): writeString(bytes)
        case .int(let value): put("\(value)")
        case .ip(let address): put("\(address)")
        }
    }

    /// Printable characters as they are, everything else as `\xHH`.
    private mutating func writeString(_ bytes: [UInt8]) {
        // Bytes beyond ASCII stay only if all of them together are UTF-8 without control characters.
        let decoded = String(decoding: bytes, as: UTF8.self)
        let isText =
            decoded.utf8.elementsEqual(bytes) && !decoded.unicodeScalars.contains { (0x80..<0xa0).contains($0.value) }
        text.append(UInt8(ascii: "\""))
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                text.append(UInt8(ascii: "\\"))
                text.append(byte)
            case 0x20..<0x7f: text.append(byte)
            case 0x80... where isText: text.append(byte)
            default:
                let digits = String(byte, radix: 16)
                put("\\x" + (digits.utf8.count < 2 ? "0" : "") + digits)
            }
        }
        text.append(UInt8(ascii: "\""))
    }

    /// A pattern as an argument: raw when it has backslashes, which a string would double.
    private mutating func writePattern(_ pattern: [UInt8]) {
        let isText = String(decoding: pattern, as: UTF8.self).utf8.elementsEqual(pattern)
        if isText, pattern.contains(UInt8(ascii: "\\")), pattern.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) {
            writeRaw(pattern)
        } else {
            writeString(pattern)
        }
    }

    /// In quotes when that reads back as the same pattern, else as a raw string.
    private mutating func writeRegex(_ pattern: [UInt8]) {
        let quoted = pattern + [UInt8(ascii: "\"")]
        if let (same, end) = ParserRun.scanQuotedRegex(quoted, from: 0), same == pattern, end == quoted.count {
            text.append(UInt8(ascii: "\""))
            text.append(contentsOf: quoted)
        } else {
            writeRaw(pattern)
        }
    }

    /// A raw string with as many signs as it takes.
    private mutating func writeRaw(_ pattern: [UInt8]) {
        var run = 0
        var longest = 0
        var afterQuote = false
        for byte in pattern {
            if byte == UInt8(ascii: "\"") {
                afterQuote = true
                run = 0
                longest = max(longest, 1)
            } else if afterQuote, byte == UInt8(ascii: "#") {
                run += 1
                longest = max(longest, run + 1)
            } else {
                afterQuote = false
            }
        }
        let signs = String(repeating: "#", count: longest)
        put("r\(signs)\"")
        text.append(contentsOf: pattern)
        put("\"\(signs)")
    }
}

extension Expression {
    /// The expression in one notation without needless parentheses; equal expressions have equal canonical text.
    package var canonical: String { CanonicalPrinter.print(root, schema: schema).text }

    /// The same expression with its canonical text as the author's text, spans included.
    package var canonicalized: Expression {
        let (text, node) = CanonicalPrinter.print(root, schema: schema)
        return Expression(mode: mode, text: text, root: node, schema: schema)
    }
}

import RulesLanguage
import TestKit

/// Random well-typed trees over a few fields with small alphabets, so that conditions hold and fail about as often.
enum RandomExpression {
    static let words = ["", "a", "b", "ab", "ba", "abc", "A", "aB", "/a", "/a/b", "x.y", "a=1", "é", "\u{0}", "a\"b\\"]
    static let wildcards = ["*", "a*", "*b", "a*b", "*a*", "", "ab", "/a/*", "*/*", "A*c", "*a*b*", #"\**"#]
    static let addresses = ["192.0.2.1", "192.0.2.9", "198.51.100.7", "2001:db8::1", "::ffff:192.0.2.1", "::"]
    static let networks = [
        "192.0.2.0/24", "192.0.2.1", "198.51.100.0..198.51.100.9", "2001:db8::/32", "::/0", "0.0.0.0/0", "192.0.2.1/32",
    ]

    static func pick<T>(_ list: [T], _ random: inout SeededGenerator) -> T {
        list[Int.random(in: 0..<list.count, using: &random)]
    }

    static func word(_ random: inout SeededGenerator) -> [UInt8] { Array(pick(words, &random).utf8) }

    static func expression(_ node: Node, mode: Expression.Mode = .filter) -> Expression {
        Expression(unchecked: node, mode: mode)
    }

    private static let nowhere = ByteSpan(0, 0)

    static func condition(depth: Int, _ random: inout SeededGenerator) -> Node {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 3), using: &random) {
        case 0, 1: test(value(depth: depth, &random), &random)
        case 2: quantified(depth: depth, &random)
        case 3: Node(.not(condition(depth: depth - 1, &random)), type: .bool, span: nowhere)
        default:
            Node.combining(
                pick([.and, .or, .xor], &random),
                (0..<Int.random(in: 2...4, using: &random)).map { _ in condition(depth: depth - 1, &random) },
                span: nowhere)
        }
    }

    // MARK: comparisons

    private static func test(_ value: Node, _ random: inout SeededGenerator) -> Node {
        let type: ValueType = value.isEach ? .array(.bool) : .bool
        let comparison = Int.random(in: 0..<5, using: &random) == 0 ? nil : comparison(value.type, &random)
        return Node(
            .test(value, comparison ?? comparisonOfValues(value.type, &random)), type: type, span: nowhere)
    }

    /// With another value of the same type.
    private static func comparisonOfValues(_ type: ValueType, _ random: inout SeededGenerator) -> Comparison {
        let ordering = pick(Comparison.Ordering.allCases, &random)
        switch type {
        case .bool: return .isTrue
        case .int:
            let other = integer(depth: 1, &random)
            return Bool.random(using: &random) ? .bitwiseAndValue(other) : .orderingValue(ordering, other)
        case .ip: return .orderingValue(ordering, field(pick([.sourceIP, .edgeServerIP], &random)))
        default: return .orderingValue(ordering, bytes(depth: 1, &random))
        }
    }

    private static func comparison(_ type: ValueType, _ random: inout SeededGenerator) -> Comparison {
        let ordering = pick(Comparison.Ordering.allCases + [.equal, .equal, .notEqual], &random)
        switch type {
        case .bool: return .isTrue
        case .int:
            switch Int.random(in: 0..<3, using: &random) {
            case 0: return .bitwiseAnd(Int64.random(in: -4...8, using: &random))
            case 1:
                return .inInts(
                    (0..<Int.random(in: 0...4, using: &random)).map { _ in
                        let first = Int64.random(in: -6...10, using: &random)
                        return first...(first + Int64.random(in: 0...3, using: &random))
                    })
            default: return .ordering(ordering, .int(Int64.random(in: -1...4, using: &random)))
            }
        case .ip:
            if Bool.random(using: &random) {
                return .inIPs(
                    (0..<Int.random(in: 0...3, using: &random)).compactMap { _ in IPRange(pick(networks, &random)) })
            }
            return .ordering(ordering, .ip(IPAddress(pick(addresses, &random)) ?? IPAddress(v4: 0)))
        default:
            switch Int.random(in: 0..<6, using: &random) {
            case 0: return .contains(word(&random))
            case 1: return .matches(Array(pick(ReferenceRegex.patterns, &random).utf8))
            case 2: return .wildcard(Array(pick(wildcards, &random).utf8), strict: Bool.random(using: &random))
            case 3: return .inBytes((0..<Int.random(in: 0...4, using: &random)).map { _ in word(&random) })
            default: return .ordering(ordering, .bytes(word(&random)))
            }
        }
    }

    private static func quantified(depth: Int, _ random: inout SeededGenerator) -> Node {
        let quantifier = pick([Node.Quantifier.any, .all], &random)
        return Node(.quantified(quantifier, elementwise(depth: depth, &random)), type: .bool, span: nowhere)
    }

    /// A condition on every element of a list.
    private static func elementwise(depth: Int, _ random: inout SeededGenerator) -> Node {
        switch Int.random(in: 0..<(depth > 0 ? 6 : 3), using: &random) {
        case 0: return Node(.not(elementwise(depth: depth - 1, &random)), type: .array(.bool), span: nowhere)
        case 3:
            return Node.combining(
                pick([.and, .or, .xor], &random),
                (0..<2).map { _ in elementwise(depth: depth - 1, &random) }, span: nowhere)
        case 4:
            let call = call(.startsWith, [each(&random), literal(word(&random))], .array(.bool))
            return Node(.test(call, .isTrue), type: .array(.bool), span: nowhere)
        case 5:
            let lengths = call(.len, [each(&random)], .array(.int))
            return test(Node(.index(lengths, .each), type: .int, isEach: true, span: nowhere), &random)
        default:
            return test(each(&random), &random)
        }
    }

    private static func each(_ random: inout SeededGenerator) -> Node {
        let (names, headers) = (field(.headersNames), field(.headers))
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return Node(.index(names, .each), type: .bytes, isEach: true, span: nowhere)
        case 1:
            let groups = Node(.index(headers, .each), type: .array(.bytes), isEach: true, span: nowhere)
            let position = UInt32.random(in: 0...1, using: &random)
            return Node(.index(groups, .position(position)), type: .bytes, isEach: true, span: nowhere)
        case 2:
            let groups = Node(.index(headers, .each), type: .array(.bytes), isEach: true, span: nowhere)
            return Node(.index(groups, .each), type: .bytes, isEach: true, span: nowhere)
        default:
            return Node(.index(entry(&random), .each), type: .bytes, isEach: true, span: nowhere)
        }
    }

    // MARK: values

    private static func field(_ id: FieldID) -> Node {
        Node(.field(id), type: Schema.http.field(id)?.type ?? .bytes, span: nowhere)
    }

    private static func literal(_ bytes: [UInt8]) -> Node {
        Node(.literal(.bytes(bytes)), type: .bytes, span: nowhere)
    }

    private static func number(_ value: Int64) -> Node { Node(.literal(.int(value)), type: .int, span: nowhere) }

    private static func call(_ id: FunctionID, _ arguments: [Node], _ type: ValueType) -> Node {
        Node(.call(id, arguments), type: type, span: nowhere)
    }

    private static func entry(_ random: inout SeededGenerator) -> Node {
        let key = Node.Index.key(Array(pick(["a", "b", "missing"], &random).utf8))
        return Node(.index(field(.headers), key), type: .array(.bytes), span: nowhere)
    }

    static func value(depth: Int, _ random: inout SeededGenerator) -> Node {
        switch Int.random(in: 0..<7, using: &random) {
        case 0: field(.ssl)
        case 1: field(pick([.sourceIP, .edgeServerIP], &random))
        case 2: integer(depth: depth, &random)
        case 3:
            call(
                pick([.startsWith, .endsWith], &random), [bytes(depth: depth - 1, &random), literal(word(&random))],
                .bool)
        case 4:
            if Bool.random(using: &random) {
                call(.hasKey, [field(.headers), literal(Array(pick(["a", "c"], &random).utf8))], .bool)
            } else {
                call(.hasValue, [entry(&random), literal(word(&random))], .bool)
            }
        default: bytes(depth: depth, &random)
        }
    }

    private static func integer(depth: Int, _ random: inout SeededGenerator) -> Node {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: field(.edgeServerPort)
        case 1: call(.len, [entry(&random)], .int)
        default: call(.len, [bytes(depth: depth - 1, &random)], .int)
        }
    }

    static func bytes(depth: Int, _ random: inout SeededGenerator) -> Node {
        guard depth > 0 else { return field(pick([.httpHost, .path, .query], &random)) }
        let source = bytes(depth: depth - 1, &random)
        switch Int.random(in: 0..<15, using: &random) {
        case 0: return call(.lower, [source], .bytes)
        case 1: return call(.upper, [source], .bytes)
        case 2: return call(.concat, [source, literal(word(&random)), bytes(depth: depth - 1, &random)], .bytes)
        case 3:
            var arguments = [source, number(Int64.random(in: -4...4, using: &random))]
            if Bool.random(using: &random) { arguments.append(number(Int64.random(in: -4...4, using: &random))) }
            return call(.substring, arguments, .bytes)
        case 4:
            return entryElement(&random)
        case 5: return call(.join, [entry(&random), literal(word(&random))], .bytes)
        case 6:
            return call(.toString, [pick([field(.edgeServerPort), field(.ssl), field(.sourceIP)], &random)], .bytes)
        case 7: return call(.removeBytes, [source, literal(word(&random))], .bytes)
        case 8: return call(.removeQueryArgs, [source, literal(Array("a".utf8))], .bytes)
        case 9:
            let parts = call(.split, [source, literal(Array("/".utf8)), number(3)], .array(.bytes))
            return Node(.index(parts, .position(1)), type: .bytes, span: nowhere)
        case 11:
            return call(.coalesce, [entryElement(&random), source, literal(word(&random))], .bytes)
        case 10:
            return call(.join, [call(.lower, [each(&random)], .array(.bytes)), literal(Array(",".utf8))], .bytes)
        default: return field(pick([.httpHost, .path, .query], &random))
        }
    }

    private static func entryElement(_ random: inout SeededGenerator) -> Node {
        let position = UInt32.random(in: 0...2, using: &random)
        return Node(.index(entry(&random), .position(position)), type: .bytes, span: nowhere)
    }

    // MARK: requests

    static func request(_ random: inout SeededGenerator) -> [FieldID: FieldValue] {
        var values: [FieldID: FieldValue] = [:]
        func set(_ id: FieldID, _ value: FieldValue) {
            // Now and then a field is missing.
            if Int.random(in: 0..<8, using: &random) > 0 { values[id] = value }
        }
        for id in [FieldID.httpHost, .path, .query] { set(id, .bytes(word(&random))) }
        set(.ssl, .bool(Bool.random(using: &random)))
        for id in [FieldID.sourceIP, .edgeServerIP] {
            set(id, .ip(IPAddress(pick(addresses, &random)) ?? IPAddress(v4: 0)))
        }
        set(.edgeServerPort, .int(Int64.random(in: -3...5, using: &random)))
        set(
            .headers,
            .map(
                (0..<Int.random(in: 0...6, using: &random)).map { _ in
                    FieldValue.Entry(key: Array(pick(["a", "b", "c"], &random).utf8), value: word(&random))
                }))
        return values
    }
}

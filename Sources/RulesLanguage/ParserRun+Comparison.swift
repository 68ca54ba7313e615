extension ParserRun {
    private enum Operator {
        case ordering(Comparison.Ordering)
        case bitwiseAnd
        case contains
        case matches
        case wildcard(strict: Bool)
        case within
    }

    /// A value and what it is compared with; a Bool stands alone. Nil when it had errors but its form was right.
    mutating func comparison() throws(Abandon) -> Node? {
        let start = position
        if let quantifier = try quantified() { return quantifier.node }
        let value = try expressionValue()
        let end = position
        if let value, value.type == .bool || value.type == .array(.bool) {
            let isList = value.isEach || value.type != .bool
            guard !(value.isEach && value.type != .bool) else {
                note(.badMapEach, value.span, "a list of Bool lists is no condition")
                return nil
            }
            return Node(.test(value, .isTrue), type: isList ? .array(.bool) : .bool, span: value.span)
        }
        skipSpace()
        let operatorStart = position
        guard let operation = comparisonOperator() else {
            // After an unknown name the operator cannot be judged either.
            if value != nil { noteMissingOperator(at: current == nil ? end : operatorStart) }
            throw abandon()
        }
        let operatorSpan = ByteSpan(operatorStart, position)
        skipSpace()
        guard let value else {
            try skipRightHandSide(operation)
            return nil
        }
        guard accepts(operation, value.type) else {
            noteUnsupported(value.type, operatorSpan)
            try skipRightHandSide(operation)
            return nil
        }
        guard let comparison = try rightHandSide(operation, value) else { return nil }
        let type: ValueType = value.isEach ? .array(.bool) : .bool
        return Node(.test(value, comparison), type: type, span: ByteSpan(start, position))
    }

    /// `any(…)` or `all(…)`; the outer nil means that neither stands here.
    private mutating func quantified() throws(Abandon) -> (node: Node?, Void)? {
        let start = position
        let end = wordEnd(from: position)
        guard end - start == 3, lookingAt("any") || lookingAt("all") else { return nil }
        let quantifier: Node.Quantifier = lookingAt("any") ? .any : .all
        position = end
        skipSpace()
        let open = position
        guard take("(") else {
            note(
                .expected, rest(from: position), "expected ( after \(quantifier)",
                remedy: "\(quantifier)(LIST[*] eq …)")
            throw abandon()
        }
        openParentheses += 1
        let inner = try nested(at: start) { (run) throws(Abandon) in
            run.skipSpace()
            return run.atCondition ? run.logical() : try run.operand()
        }
        skipSpace()
        guard take(")") else {
            let operatorStart = position
            let joined = combiningOperator() != nil
            position = operatorStart
            note(
                .expected, rest(from: position), "expected ) here",
                remedy: joined ? "put the joined conditions in parentheses of their own" : remedyForOpen(open))
            throw abandon()
        }
        openParentheses -= 1
        let span = ByteSpan(start, position)
        guard let node = inner.node else { return (nil, ()) }
        guard node.type == .array(.bool) else {
            note(
                .typeMismatch, node.span, "\(quantifier)(…) needs Array<Bool>, but this is \(node.type)",
                remedy: "compare the elements of a list: list[*] eq …")
            return (nil, ())
        }
        return (Node(.quantified(quantifier, node), type: .bool, span: span), ())
    }

    /// What is written here can only be a condition, not a value: it may be joined with others without parentheses of
    /// its own.
    var atCondition: Bool {
        if current == UInt8(ascii: "(") || current == UInt8(ascii: "!") || lookingAt("not") { return true }
        guard lookingAt("any") || lookingAt("all") else { return false }
        return byte(at: firstPrinting(from: position + 3)) == UInt8(ascii: "(")
    }

    private func firstPrinting(from start: Int) -> Int {
        var next = start
        while let byte = byte(at: next), [0x20, 0x0d, 0x0a].contains(byte) { next += 1 }
        return next
    }

    /// An operator stands here, behind white space.
    mutating func atComparisonOperator() -> Bool {
        let start = position
        defer { position = start }
        skipSpace()
        return comparisonOperator() != nil
    }

    private mutating func comparisonOperator() -> Operator? {
        if take("eq") || take("==") { return .ordering(.equal) }
        if take("ne") || take("!=") { return .ordering(.notEqual) }
        if take("ge") || take(">=") { return .ordering(.greaterOrEqual) }
        if take("le") || take("<=") { return .ordering(.lessOrEqual) }
        if take("gt") || take(">") { return .ordering(.greater) }
        if take("lt") || take("<") { return .ordering(.less) }
        if take("strict wildcard") { return .wildcard(strict: true) }
        if take("wildcard") { return .wildcard(strict: false) }
        if take("bitwise_and") { return .bitwiseAnd }
        if lookingAt("&"), !lookingAt("&&"), take("&") { return .bitwiseAnd }
        if take("contains") { return .contains }
        if take("matches") || take("~") { return .matches }
        if take("in") { return .within }
        return nil
    }

    private mutating func noteMissingOperator(at place: Int) {
        note(
            .unknownOperator, rest(from: place), "expected a comparison operator",
            remedy: remedyForMissingOperator(at: place))
    }

    private func accepts(_ operation: Operator, _ type: ValueType) -> Bool {
        switch operation {
        case .ordering, .within: [.bytes, .int, .ip].contains(type)
        case .bitwiseAnd: type == .int
        case .contains, .matches, .wildcard: type == .bytes
        }
    }

    private mutating func noteUnsupported(_ type: ValueType, _ span: ByteSpan) {
        let name = String(decoding: text[span.range], as: UTF8.self)
        var remedy: String?
        switch type {
        case .array(.bytes), .array(.int), .array(.ip): remedy = "take an element with [0], or any(LIST[*] \(name) …)"
        case .map: remedy = "take an entry with [\"key\"]"
        default: break
        }
        note(.unsupportedOperation, span, "\(name) cannot be used on \(type)", remedy: remedy)
    }

    /// Nil when the value had errors and was passed over.
    private mutating func rightHandSide(_ operation: Operator, _ value: Node) throws(Abandon) -> Comparison? {
        let type = value.type
        switch operation {
        case .ordering(let ordering):
            if atValue(type) { return try otherValue(type).map { .orderingValue(ordering, $0) } }
            return try literal(type).map { .ordering(ordering, $0) }
        case .bitwiseAnd:
            if atValue(type) { return try otherValue(type).map { .bitwiseAndValue($0) } }
            return try intLiteral().map { .bitwiseAnd($0) }
        case .contains:
            return try bytesLiteral().map { .contains($0) }
        case .matches:
            return try regexLiteral().map { .matches($0) }
        case .wildcard(let strict):
            return try wildcardLiteral().map { .wildcard($0, strict: strict) }
        case .within:
            return try membership(type)
        }
    }

    /// A field or call stands here: a name, and no literal that begins with a letter.
    private func atValue(_ type: ValueType) -> Bool {
        guard let byte = current, ASCII.lowercase(byte) &- 0x61 < 26 || byte == UInt8(ascii: "_"), !atRawString else {
            return false
        }
        switch type {
        case .bytes: return scanByteString(from: position) == nil
        case .ip: return IPAddress(utf8: text[position..<addressEnd(from: position)]) == nil
        default: return true
        }
    }

    private mutating func otherValue(_ type: ValueType) throws(Abandon) -> Node? {
        guard let other = try expressionValue() else { return nil }
        guard !other.isEach, other.type == type else {
            let found: ValueType = other.isEach ? .array(other.type) : other.type
            note(
                .typeMismatch, other.span, "expected a value of type \(type), but this is \(found)",
                remedy: other.isEach ? "[*] may stand on the left side only" : nil)
            return nil
        }
        return other
    }

    private mutating func literal(_ type: ValueType) throws(Abandon) -> Literal? {
        switch type {
        case .bytes: try bytesLiteral().map { .bytes($0) }
        case .int: try intLiteral().map { .int($0) }
        default: try addressLiteral().map { .ip($0) }
        }
    }

    private mutating func membership(_ type: ValueType) throws(Abandon) -> Comparison? {
        if current == UInt8(ascii: "$") { return listName().map { .inList($0) } }
        guard take("{") else {
            note(.expected, rest(from: position), "expected { or $ after in", remedy: remedyForMissingSet())
            throw abandon()
        }
        var strings: [[UInt8]] = []
        var ints: [ClosedRange<Int64>] = []
        var ranges: [IPRange] = []
        var isGood = true
        while true {
            skipSpace()
            if take("}") { break }
            guard current != nil else {
                note(.expected, rest(from: position), "expected } here", remedy: "a set ends with }")
                throw abandon()
            }
            if current == UInt8(ascii: ",") {
                position += 1
                note(.expected, ByteSpan(position - 1, position), "sets have no commas", remedy: "separate by spaces")
                isGood = false
                continue
            }
            switch type {
            case .bytes: if let element = try bytesLiteral() { strings.append(element) } else { isGood = false }
            case .int: if let element = try intRange() { ints.append(element) } else { isGood = false }
            default: if let element = try addressRange() { ranges.append(element) } else { isGood = false }
            }
        }
        guard isGood else { return nil }
        switch type {
        case .bytes: return .inBytes(strings)
        case .int: return .inInts(ints)
        default: return .inIPs(ranges)
        }
    }

    /// A name stands here and a parenthesis behind it, white space between or not.
    private var atCall: Bool {
        guard let first = current, ASCII.isNameByte(first) else { return false }
        return byte(at: firstPrinting(from: wordEnd(from: position))) == UInt8(ascii: "(")
    }

    /// Passes over a value that cannot be judged.
    private mutating func skipRightHandSide(_ operation: Operator) throws(Abandon) {
        if case .matches = operation, current == UInt8(ascii: "\"") {
            _ = try quotedRegex()
            return
        }
        switch current {
        case _ where current == UInt8(ascii: "\"") || atRawString:
            _ = try bytesLiteral()
        case UInt8(ascii: "{"):
            while let byte = current, byte != UInt8(ascii: "}") {
                if byte == UInt8(ascii: "\"") || atRawString { _ = try bytesLiteral() } else { position += 1 }
            }
            _ = take("}")
        case nil:
            note(.expected, rest(from: position), "expected a value here", remedy: "write what to compare with")
            throw abandon()
        case _ where atKnownName || atCall:
            _ = try expressionValue()
        case _ where bareLiteralEnd != nil:
            // An operator may follow without a space.
            position = bareLiteralEnd ?? position
        default:
            let ends: Set<UInt8> = [0x20, 0x0d, 0x0a, 0x09, 0x29, 0x26, 0x7c, 0x5e]  // space, ) & | ^
            while let byte = current, !ends.contains(byte) { position += 1 }
        }
    }
    /// Where a byte string, number or address ends that stands here; nil: none does.
    private var bareLiteralEnd: Int? {
        if let (_, end) = scanByteString(from: position) { return end }
        let end = addressEnd(from: position)
        if IPAddress(utf8: text[position..<end]) != nil { return end }
        let digits = position + (current == UInt8(ascii: "-") ? 1 : lookingAt("0x") ? 2 : 0)
        guard let first = byte(at: digits), digits > position || ASCII.isDigit(first) else { return nil }
        let last = addressEnd(from: digits)
        return last > digits ? last : nil
    }
}

/// One pass over one text: cursor, errors so far, and the grammar's upper levels.
///
/// Faults of meaning (types, names, patterns) are noted and parsing goes on; faults of form abandon the operand and
/// continue at the next `and`, `xor`, `or` or closing parenthesis.
struct ParserRun {
    /// The operand cannot be made sense of; its error is already noted.
    struct Abandon: Error {}

    /// A node and the text it takes up, its parentheses included.
    struct Operand {
        /// Nil when it had errors.
        var node: Node?
        var outer: ByteSpan
    }

    let schema: Schema
    /// Without white space at its end.
    let text: [UInt8]
    /// Characters (Unicode scalars) of the whole text, or its bytes when even those are within the limit.
    private let length: Int
    /// From 0 to the length of the text. Noting an error may end the run, which moves to the end of the text: a byte is
    /// stepped over before its error is noted, never afterwards.
    var position = 0 {
        didSet { assert(position <= text.count, "stepped out of the text") }
    }
    var errors: [ExpressionError] = []
    var depth = 0
    var regexCount = 0
    /// Replacing functions seen so far, and how deep in one we are: each is allowed once, and never within another.
    var replacements: Set<FunctionID> = []
    var replacementDepth = 0
    /// Parentheses of calls and quantifiers that are open here, so that an abandoned operand is skipped to its end.
    var openParentheses = 0
    /// Set when going on would only make noise.
    var isStopped = false

    /// White space of any kind around the text is no part of it, a tab included: only within it the grammar is strict.
    init(_ text: String, schema: Schema) {
        self.schema = schema
        var bytes = Array(text.utf8)
        // Most texts are short enough whatever their characters are.
        length = bytes.count <= Semantics.maximumLength ? bytes.count : text.unicodeScalars.count
        let scalars = text.unicodeScalars
        var end = scalars.endIndex
        while end > scalars.startIndex, scalars[scalars.index(before: end)].properties.isWhitespace {
            end = scalars.index(before: end)
        }
        let start = scalars[..<end].firstIndex { !$0.properties.isWhitespace } ?? end
        bytes.removeLast(text.utf8.distance(from: end, to: text.utf8.endIndex))
        position = text.utf8.distance(from: text.utf8.startIndex, to: start)
        self.text = bytes
    }

    // MARK: cursor

    var current: UInt8? { position < text.count ? text[position] : nil }

    func byte(at index: Int) -> UInt8? { index < text.count ? text[index] : nil }

    func lookingAt(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard count <= text.count - position else { return false }
        var index = 0
        while index < count {
            if text[position + index] != word.utf8Start[index] { return false }
            index += 1
        }
        return true
    }

    mutating func take(_ word: StaticString) -> Bool {
        guard lookingAt(word) else { return false }
        position += word.utf8CodeUnitCount
        return true
    }

    /// White space is space, carriage return and line feed. A tab is reported and passed over.
    mutating func skipSpace() {
        while let byte = current {
            switch byte {
            case 0x20, 0x0d, 0x0a: position += 1
            case 0x09:
                position += 1
                note(
                    .tab, ByteSpan(position - 1, position), "a tab is not white space in this language",
                    remedy: "use spaces")
            default: return
            }
        }
    }

    /// From a position to the end of the text: where something was expected and not found.
    func rest(from start: Int) -> ByteSpan { ByteSpan(start, max(text.count, start)) }

    // MARK: errors

    mutating func note(_ code: ExpressionError.Code, _ span: ByteSpan, _ message: String, remedy: String? = nil) {
        guard !isStopped else { return }
        errors.append(ExpressionError(code, span, message, remedy: remedy))
        if errors.count >= Parser.maximumErrors { stop() }
    }

    func abandon() -> Abandon { Abandon() }

    /// Ends the run: the rest of the text is not looked at.
    mutating func stop() {
        isStopped = true
        position = text.count
    }

    /// Runs the body one level of nesting deeper.
    mutating func nested<T>(at start: Int, _ body: (inout ParserRun) throws(Abandon) -> T) throws(Abandon) -> T {
        guard depth < Semantics.maximumDepth else {
            note(
                .tooDeep, rest(from: start), "nested deeper than \(Semantics.maximumDepth) levels",
                remedy: "split the condition into several rules")
            stop()
            throw abandon()
        }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    // MARK: whole expressions

    mutating func parse(_ mode: Expression.Mode) -> Node? {
        guard length <= Semantics.maximumLength else {
            let limit = Semantics.maximumLength
            note(
                .tooLong, ByteSpan(limit, limit), "\(length) characters are more than the \(limit) allowed",
                remedy: "move long sets into a list and split the condition")
            return nil
        }
        skipSpace()
        guard current != nil else {
            note(
                .empty, ByteSpan(0, 0), "the expression is empty",
                remedy: mode == .filter ? "write true to match every request" : nil)
            return nil
        }
        return mode == .filter ? filter() : value()
    }

    private mutating func filter() -> Node? {
        if let constant = wholeConstant() { return constant }
        let root = logical()
        if current == UInt8(ascii: ")") {
            note(
                .trailing, ByteSpan(position, position + 1), "this parenthesis closes nothing",
                remedy: "leave it out, or open one before")
        }
        guard let node = root.node else { return nil }
        guard node.type == .bool else {
            note(
                .typeMismatch, node.span, "a condition must be Bool, but this is \(node.type)",
                remedy: "wrap it in any(…) or all(…)")
            return nil
        }
        return node
    }

    private mutating func value() -> Node? {
        do throws(Abandon) {
            let node = try argumentValue(expecting: [.exactly(.bytes)])
            skipSpace()
            if current != nil {
                note(
                    .trailing, rest(from: position), "nothing may follow a value",
                    remedy: "use concat(…) to join several values")
            }
            guard let node else { return nil }
            guard node.type == .bytes, !node.isEach else {
                let type: ValueType = node.isEach ? .array(node.type) : node.type
                note(
                    .typeMismatch, node.span, "a value expression must be Bytes, but this is \(type)",
                    remedy: [.int, .bool, .ip].contains(type) ? "use to_string(…)" : nil)
                return nil
            }
            return node
        } catch {
            return nil
        }
    }

    /// `true` or `false` as the whole text.
    private mutating func wholeConstant() -> Node? {
        let start = position
        for (word, value) in [("true" as StaticString, true), ("false", false)] where take(word) {
            let end = position
            skipSpace()
            if current == nil { return Node(.constant(value), type: .bool, span: ByteSpan(start, end)) }
            position = start
        }
        return nil
    }

    // MARK: logic

    /// Operands joined by `or`, `xor` and `and`, up to a closing parenthesis or the end.
    mutating func logical() -> Operand {
        var operands = [recoveringOperand()]
        var operators: [Node.CombiningOperator] = []
        while true {
            skipSpace()
            if let operation = combiningOperator() {
                operators.append(operation)
                operands.append(recoveringOperand())
            } else if current == nil || current == UInt8(ascii: ")") {
                break
            } else {
                unexpected()
                if let operation = miswrittenOperator() {
                    operators.append(operation)
                    operands.append(recoveringOperand())
                    continue
                }
                skipToBoundary()
                if current == nil || current == UInt8(ascii: ")") { break }
            }
        }
        return fold(operands[...], operators[...], by: .or)
    }

    private mutating func unexpected() {
        note(
            .trailing, rest(from: position), "expected and, xor, or, or the end here", remedy: remedyBehindCondition())
    }

    /// End of the run of name bytes at a position, or of one character.
    func wordEnd(from start: Int) -> Int {
        var end = start
        while end < text.count, ASCII.isNameByte(text[end]) { end += 1 }
        if end == start, end < text.count {
            end += 1
            while end < text.count, text[end] & 0xc0 == 0x80 { end += 1 }
        }
        return end
    }

    mutating func combiningOperator() -> Node.CombiningOperator? {
        if take("and") || take("&&") { return .and }
        if take("xor") || take("^^") { return .xor }
        if take("or") || take("||") { return .or }
        return nil
    }

    /// Groups a flat chain: lowest precedence first, each group by the next.
    private mutating func fold(
        _ operands: ArraySlice<Operand>, _ operators: ArraySlice<Node.CombiningOperator>,
        by operation: Node.CombiningOperator
    ) -> Operand {
        let next: Node.CombiningOperator? = operation == .or ? .xor : operation == .xor ? .and : nil
        var groups: [Operand] = []
        var start = operands.startIndex
        for index in operands.indices {
            // Operator number i stands after operand number i.
            let isLast = index == operands.endIndex - 1
            guard isLast || operators[index] == operation else { continue }
            let members = operands[start...index]
            if members.count == 1 {
                groups.append(members[start])
            } else if let next {
                groups.append(fold(members, operators[start..<index], by: next))
            }
            start = index + 1
        }
        guard groups.count > 1, let first = groups.first, let last = groups.last else {
            return groups.first ?? Operand(node: nil, outer: ByteSpan(position, position))
        }
        let outer = first.outer.union(last.outer)
        let type = groups.lazy.compactMap(\.node).first?.type
        for group in groups {
            if let type, let node = group.node, node.type != type {
                note(
                    .typeMismatch, group.outer, "cannot combine \(type) with \(node.type)",
                    remedy: "wrap the Array<Bool> in any(…) or all(…)")
                return Operand(node: nil, outer: outer)
            }
        }
        let nodes = groups.compactMap(\.node)
        guard nodes.count == groups.count else { return Operand(node: nil, outer: outer) }
        return Operand(node: .combining(operation, nodes, span: outer), outer: outer)
    }

    private mutating func recoveringOperand() -> Operand {
        skipSpace()
        let start = position
        let open = openParentheses
        do throws(Abandon) {
            return try operand()
        } catch {
            skipToBoundary(leaving: openParentheses - open)
            openParentheses = open
            return Operand(node: nil, outer: ByteSpan(start, position))
        }
    }

    /// A parenthesised expression, a negation, or a comparison.
    mutating func operand() throws(Abandon) -> Operand {
        skipSpace()
        let start = position
        if take("(") {
            let inner = try nested(at: start) { (run) throws(Abandon) in run.logical() }
            if !take(")") {
                note(.expected, rest(from: position), "expected ) here", remedy: remedyForOpen(start))
            }
            return Operand(node: inner.node, outer: ByteSpan(start, position))
        }
        if take("not") || take("!") {
            let inner = try nested(at: start) { (run) throws(Abandon) in try run.operand() }
            let span = ByteSpan(start, Int(inner.outer.end))
            return Operand(node: inner.node.map { Node(.not($0), type: $0.type, span: span) }, outer: span)
        }
        let node = try comparison()
        return Operand(node: node, outer: ByteSpan(start, position))
    }
}

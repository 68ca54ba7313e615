extension ParserRun {
    /// A field or call with its indexes. Nil when it had errors but its form was right.
    mutating func expressionValue() throws(Abandon) -> Node? {
        skipSpace()
        let start = position
        while let byte = current, ASCII.isNameByte(byte) { position += 1 }
        guard position > start else {
            note(
                .expected, rest(from: start), "expected a field or a function here", remedy: remedyForMissingField())
            throw abandon()
        }
        let name = String(decoding: text[start..<position], as: UTF8.self)
        let span = ByteSpan(start, position)
        var node: Node?
        if let field = schema.field(named: name) {
            node = Node(.field(field.id), type: field.type, span: span)
        } else if let function = schema.function(named: name) {
            node = try nested(at: start) { (run) throws(Abandon) in try run.call(function, start) }
        } else {
            noteUnknown(name, span)
            let end = position
            skipSpace()
            if current == UInt8(ascii: "(") {
                position += 1
                skipToBoundary()
                while current != nil, current != UInt8(ascii: ")") {
                    _ = combiningOperator()
                    skipToBoundary()
                }
                _ = take(")")
            } else {
                position = end
            }
        }
        return try indexes(node, start)
    }

    private mutating func noteUnknown(_ name: String, _ span: ByteSpan) {
        note(.unknownIdentifier, span, "unknown field or function", remedy: remedyForUnknown(name))
    }

    // MARK: indexes

    private mutating func indexes(_ base: Node?, _ start: Int) throws(Abandon) -> Node? {
        var node = base
        var isGood = base != nil
        while current == UInt8(ascii: "[") {
            let open = position
            position += 1
            skipSpace()
            guard let index = try index() else {
                isGood = false
                continue
            }
            skipSpace()
            guard take("]") else {
                note(.expected, rest(from: position), "expected ] here", remedy: #"an index is [0], ["key"] or [*]"#)
                throw abandon()
            }
            guard isGood, let inner = node else { continue }
            node = indexed(inner, index, start, ByteSpan(open, position))
            isGood = node != nil
        }
        return isGood ? node : nil
    }

    private mutating func index() throws(Abandon) -> Node.Index? {
        if take("*") { return .each }
        if current == UInt8(ascii: "\"") {
            let start = position
            guard let key = try quotedString() else { return nil }
            guard String(decoding: key, as: UTF8.self).utf8.elementsEqual(key) else {
                note(.badIndex, ByteSpan(start, position), "a key must be UTF-8")
                return nil
            }
            return .key(key)
        }
        let start = position
        guard let byte = current, ASCII.isDigit(byte) || byte == UInt8(ascii: "-") else {
            note(
                .badIndex, rest(from: start), #"expected a position, "key" or * here"#,
                remedy: "a key is written in quotes")
            throw abandon()
        }
        guard let number = try intLiteral() else { return nil }
        guard let place = UInt32(exactly: number) else {
            let message = number < 0 ? "positions begin at 0" : "the position is too large"
            note(.badIndex, ByteSpan(start, position), message)
            return nil
        }
        return .position(place)
    }

    private mutating func indexed(_ node: Node, _ index: Node.Index, _ start: Int, _ bracket: ByteSpan) -> Node? {
        let element: ValueType
        switch (node.type, index) {
        case (.array(let inner), .position), (.array(let inner), .each), (.map(let inner), .key),
            (.map(let inner), .each):
            element = inner
        default:
            let remedy: String? =
                switch node.type {
                case .array: "a list takes [0] or [*]"
                case .map: #"a map takes ["key"] or [*]"#
                default: nil
                }
            note(.badIndex, bracket, "\(node.type) cannot be indexed this way", remedy: remedy)
            return nil
        }
        let isEach = node.isEach || index == .each
        return Node(.index(node, index), type: element, isEach: isEach, span: ByteSpan(start, position))
    }
}

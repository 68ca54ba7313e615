extension ParserRun {
    // MARK: calls

    mutating func call(_ function: FunctionSchema, _ start: Int) throws(Abandon) -> Node? {
        skipSpace()
        guard take("(") else {
            note(.expected, rest(from: position), "expected ( after \(function.name)", remedy: function.signature)
            throw abandon()
        }
        let isReplacement = function.id == .regexReplace || function.id == .wildcardReplace
        if isReplacement {
            checkReplacement(function, start)
            replacementDepth += 1
        }
        defer { if isReplacement { replacementDepth -= 1 } }
        openParentheses += 1
        var arguments: [Node?] = []
        skipSpace()
        if !take(")") {
            while true {
                arguments.append(try argument(function, arguments))
                skipSpace()
                if take(")") { break }
                guard take(",") else {
                    if atComparisonOperator() { throw conditionAsArgument(from: position) }
                    note(.expected, rest(from: position), "expected , or ) here", remedy: function.signature)
                    throw abandon()
                }
            }
        }
        openParentheses -= 1
        let span = ByteSpan(start, position)
        guard (function.requiredCount...function.maximumCount).contains(arguments.count) else {
            note(
                .argumentCount, span, "\(function.name) cannot take \(arguments.count) arguments",
                remedy: function.signature)
            return nil
        }
        let nodes = arguments.compactMap { $0 }
        guard nodes.count == arguments.count, checkValues(function, nodes) else { return nil }
        var result: ValueType =
            switch function.returns {
            case .type(let type): type
            case .sameAsFirst: nodes.first?.type ?? .bytes
            }
        if nodes.first?.isEach == true { result = .array(result) }
        return Node(.call(function.id, nodes), type: result, span: span)
    }

    private mutating func checkReplacement(_ function: FunctionSchema, _ start: Int) {
        let span = ByteSpan(start, position - 1)
        if replacementDepth > 0 {
            note(.argumentKind, span, "regex_replace and wildcard_replace cannot be nested")
        } else if !replacements.insert(function.id).inserted {
            note(.argumentKind, span, "\(function.name) may be used once in an expression")
        }
    }

    private mutating func argument(_ function: FunctionSchema, _ before: [Node?]) throws(Abandon) -> Node? {
        skipSpace()
        let start = position
        let position = before.count
        guard
            let parameter = position < function.parameters.count
                ? function.parameters[position]
                : function.isVariadic ? function.parameters.last : nil
        else {
            // Too many: the count is reported afterwards.
            return try argumentValue(expecting: [.exactly(.bytes), .exactly(.int)])
        }
        switch parameter.accepts {
        case .regex:
            // Unlike after `matches`, the escapes here are those of any other string.
            guard current == UInt8(ascii: "\"") || atRawString else {
                note(
                    .argumentKind, rest(from: start), "argument \(position + 1) must be a literal",
                    remedy: function.signature)
                throw abandon()
            }
            guard let pattern = try bytesLiteral() else { return nil }
            return checkedRegex(pattern, ByteSpan(start, self.position))
                .map { Node(.regex($0), type: .bytes, span: ByteSpan(start, self.position)) }
        case .wildcard:
            return try wildcardLiteral().map { Node(.wildcard($0), type: .bytes, span: ByteSpan(start, self.position)) }
        case .expression, .literal, .either:
            guard let node = try argumentValue(expecting: parameter.types) else { return nil }
            return checked(node, parameter, position, function, first: before.first ?? nil)
        }
    }

    private mutating func checked(
        _ node: Node, _ parameter: FunctionSchema.Parameter, _ position: Int, _ function: FunctionSchema, first: Node?
    ) -> Node? {
        let isLiteral = if case .literal = node.kind { true } else { false }
        if isLiteral, parameter.accepts == .expression {
            note(
                .argumentKind, node.span, "argument \(position + 1) must be a field or a call, not a literal",
                remedy: function.signature)
            return nil
        }
        if !isLiteral, parameter.accepts == .literal {
            note(.argumentKind, node.span, "argument \(position + 1) must be a literal", remedy: function.signature)
            return nil
        }
        if node.isEach, position > 0 {
            note(.badMapEach, node.span, "[*] is allowed in the first argument only")
            return nil
        }
        var isRight = parameter.types.contains { $0.matches(node.type) }
        if function.returns == .sameAsFirst, position > 0, let first { isRight = node.type == first.type }
        guard isRight else {
            let isSame = function.returns == .sameAsFirst && position > 0
            let wanted =
                isSame
                ? first?.type.description ?? "" : parameter.types.map(\.description).joined(separator: " or ")
            note(
                .argumentType, node.span, "argument \(position + 1) must be \(wanted), but this is \(node.type)",
                remedy: function.signature)
            return nil
        }
        return node
    }

    /// A literal, field or call.
    mutating func argumentValue(expecting types: [FunctionSchema.TypePattern]) throws(Abandon) -> Node? {
        skipSpace()
        let start = position
        if current == UInt8(ascii: "\"") || atRawString {
            return try bytesLiteral().map { Node(.literal(.bytes($0)), type: .bytes, span: ByteSpan(start, position)) }
        }
        if current == UInt8(ascii: ")") || current == UInt8(ascii: ",") || current == nil {
            note(.expected, rest(from: start), "expected an argument here")
            throw abandon()
        }
        if atCondition { throw conditionAsArgument(from: start) }
        if !atName, let literal = try bareLiteral() {
            return Node(.literal(literal), type: literal.type, span: ByteSpan(start, position))
        }
        return try expressionValue()
    }

    private mutating func conditionAsArgument(from start: Int) -> Abandon {
        note(
            .argumentKind, rest(from: start), "a condition cannot be an argument",
            remedy: "close the call before the operator: FUNCTION(FIELD) eq …")
        return abandon()
    }

    /// The name of a field or of a function.
    var atKnownName: Bool {
        let name = String(decoding: text[position..<wordEnd(from: position)], as: UTF8.self)
        return schema.field(named: name) != nil || schema.function(named: name) != nil
    }

    /// A known name, or what can be nothing but a name: a letter beyond f or an underscore is among its first three
    /// characters.
    private var atName: Bool {
        let end = wordEnd(from: position)
        let word = text[position..<end]
        guard word.allSatisfy(ASCII.isNameByte) else { return false }
        for byte in word.prefix(3) where ASCII.isNameByte(byte) {
            if byte == UInt8(ascii: ".") { break }
            if ASCII.hexDigit(byte) == nil { return true }
        }
        return atKnownName
    }

    /// An address, a number or a byte string, tried in this order; nil when none begins here.
    private mutating func bareLiteral() throws(Abandon) -> Literal? {
        let start = position
        let end = addressEnd(from: start)
        if let address = IPAddress(utf8: text[start..<end]) {
            position = end
            return .ip(address)
        }
        let digits = text[start...].dropFirst(current == UInt8(ascii: "-") ? 1 : 0).prefix { ASCII.hexDigit($0) != nil }
        if !digits.isEmpty, digits.allSatisfy(ASCII.isDigit) { return try intLiteral().map { .int($0) } }
        guard let (bytes, end) = scanByteString(from: start) else { return nil }
        position = end
        return .bytes(bytes)
    }

    // MARK: values of arguments

    /// Limits that types do not express.
    private mutating func checkValues(_ function: FunctionSchema, _ nodes: [Node]) -> Bool {
        let before = errors.count
        func bytes(_ index: Int) -> [UInt8]? {
            guard index < nodes.count, case .literal(.bytes(let value)) = nodes[index].kind else { return nil }
            return value
        }
        func int(_ index: Int) -> Int64? {
            guard index < nodes.count, case .literal(.int(let value)) = nodes[index].kind else { return nil }
            return value
        }
        func refuse(_ index: Int, _ message: String, into run: inout ParserRun) {
            run.note(.argumentValue, nodes[index].span, message)
        }
        switch function.id {
        case .urlDecode:
            if let options = bytes(1), !options.allSatisfy([UInt8(ascii: "r"), UInt8(ascii: "u")].contains) {
                refuse(1, "options are r and u", into: &self)
            }
        case .encodeBase64:
            if let options = bytes(1), !options.allSatisfy([UInt8(ascii: "u"), UInt8(ascii: "p")].contains) {
                refuse(1, "flags are u and p", into: &self)
            }
        case .wildcardReplace:
            if let flags = bytes(3), flags != [UInt8(ascii: "s")], !flags.isEmpty {
                refuse(3, "the flag is s", into: &self)
            }
            checkReferences(nodes)
        case .regexReplace:
            checkReferences(nodes)
        case .split:
            if let limit = int(2), !(1...128).contains(limit) { refuse(2, "the limit is 1 to 128", into: &self) }
            if bytes(1)?.isEmpty == true { refuse(1, "the separator is empty", into: &self) }
        case .cidr:
            if let bits = int(1), !(1...32).contains(bits) { refuse(1, "IPv4 bits are 1 to 32", into: &self) }
            if let bits = int(2), !(1...128).contains(bits) { refuse(2, "IPv6 bits are 1 to 128", into: &self) }
        case .cidr6:
            if let bits = int(1), !(1...128).contains(bits) { refuse(1, "IPv6 bits are 1 to 128", into: &self) }
        case .isTimedHMACValid:
            if bytes(0)?.isEmpty == true { refuse(0, "the key is empty", into: &self) }
            if let lifetime = int(2), lifetime < 0 { refuse(2, "the lifetime is in seconds, 0 or more", into: &self) }
            if let length = int(4), !(0...4_096).contains(length) {
                refuse(4, "the separator's length is 0 to 4096", into: &self)
            }
            if let flags = bytes(5), flags != [UInt8(ascii: "s")], !flags.isEmpty {
                refuse(5, "the flag is s", into: &self)
            }
        case .hasValue:
            if case .array(let element) = nodes[0].type, nodes[1].type != element {
                refuse(1, "the value must be \(element), as the elements are", into: &self)
            }
        default: break
        }
        return errors.count == before
    }

    /// A replacement may refer to groups 1–8 that exist.
    private mutating func checkReferences(_ nodes: [Node]) {
        guard nodes.count > 2, case .literal(.bytes(let replacement)) = nodes[2].kind else { return }
        let groups: Int =
            switch nodes[1].kind {
            case .regex(let pattern): RegexTable.groupCount(of: RegexDialect.translated(pattern))
            case .wildcard(let pattern): ((try? WildcardPattern.parse(pattern).get())?.count ?? 1) - 1
            default: 0
            }
        let references = ReplacementTemplate.parse(replacement).compactMap { piece in
            if case .group(let number) = piece { number } else { nil }
        }
        if references.count > 8 {
            note(.argumentValue, nodes[2].span, "a replacement may refer to groups eight times")
        } else if let highest = references.max(), highest > groups {
            note(.argumentValue, nodes[2].span, "the pattern has no group \(highest)", remedy: "it has \(groups)")
        } else if references.contains(where: { $0 > 8 }) {
            note(.argumentValue, nodes[2].span, "groups above 8 cannot be referred to")
        }
    }
}

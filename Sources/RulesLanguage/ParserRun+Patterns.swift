extension ParserRun {
    /// A regular expression, quoted or raw. Within quotes only `\"` is an escape, and only outside of a character
    /// class; every other backslash belongs to the pattern.
    mutating func regexLiteral() throws(Abandon) -> [UInt8]? {
        let start = position
        let pattern: [UInt8]?
        if current == UInt8(ascii: "\"") {
            pattern = try quotedRegex()
        } else if atRawString {
            pattern = try bytesLiteral()
        } else {
            note(.expected, rest(from: start), "expected a pattern here", remedy: remedyForMissingText(Self.patterns))
            throw abandon()
        }
        return pattern.flatMap { checkedRegex($0, ByteSpan(start, position)) }
    }

    private static let patterns = #"patterns are written "…" or r"…""#

    /// Counts a pattern and checks it; nil when it cannot be used.
    mutating func checkedRegex(_ pattern: [UInt8], _ span: ByteSpan) -> [UInt8]? {
        regexCount += 1
        if regexCount == Semantics.maximumRegexes + 1 {
            note(
                .tooManyRegexes, span, "more than \(Semantics.maximumRegexes) regular expressions",
                remedy: "join patterns with |, or use contains, wildcard or sets")
        }
        // What is refused anyway need not be compiled.
        if let problem = RegexDialect.problem(in: pattern, compiles: errors.isEmpty) {
            note(problem.isOfEdge ? .unsupportedRegex : .badRegex, span, problem.message, remedy: problem.remedy)
            return nil
        }
        return pattern
    }

    mutating func quotedRegex() throws(Abandon) -> [UInt8] {
        let start = position
        position += 1
        guard let (pattern, end) = Self.scanQuotedRegex(text, from: position) else {
            note(
                .badString, ByteSpan(start, text.count), "the pattern has no closing quote",
                remedy: #"end it with "; within [ ] a quote belongs to the pattern"#)
            stop()
            throw abandon()
        }
        position = end
        return pattern
    }

    /// The pattern from just after the opening quote, and the position after the closing one.
    static func scanQuotedRegex(_ text: [UInt8], from start: Int) -> (pattern: [UInt8], end: Int)? {
        var pattern: [UInt8] = []
        var isInClass = false
        var index = start
        while index < text.count {
            let byte = text[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\\"):
                guard index < text.count else { return nil }
                if isInClass || text[index] != UInt8(ascii: "\"") { pattern.append(byte) }
                pattern.append(text[index])
                index += 1
                continue
            case UInt8(ascii: "\"") where !isInClass: return (pattern, index)
            case UInt8(ascii: "["): isInClass = true
            case UInt8(ascii: "]"): isInClass = false
            default: break
            }
            pattern.append(byte)
        }
        return nil
    }

    /// A wildcard pattern, quoted or raw, in its own escaping.
    mutating func wildcardLiteral() throws(Abandon) -> [UInt8]? {
        let start = position
        let pattern: [UInt8]?
        if current == UInt8(ascii: "\"") {
            pattern = try quotedString()
        } else if atRawString {
            pattern = try bytesLiteral()
        } else {
            note(.expected, rest(from: start), "expected a pattern here", remedy: remedyForMissingText(Self.patterns))
            throw abandon()
        }
        guard let pattern else { return nil }
        switch WildcardPattern.parse(pattern) {
        case .success: return pattern
        case .failure(.doubleStar):
            note(
                .badWildcard, ByteSpan(start, position), "the pattern has two stars side by side",
                remedy: "one star matches any number of bytes")
        case .failure(.escape):
            note(
                .badWildcard, ByteSpan(start, position), "a backslash in a pattern must stand before * or \\",
                remedy: #"in a raw string: r"\*"; in quotes: "\\*""#)
        }
        return nil
    }
}

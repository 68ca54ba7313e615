/// Reads regular expressions that say no more than a prefix, a suffix, a part or a whole text.
///
/// Anything else is left alone: what is not understood exactly must not be reasoned about.
package enum RegexReading {
    /// The texts that a search for the pattern accepts, when that is a simple set; nil: not understood.
    package static func glob(_ pattern: [UInt8]) -> Glob? {
        var rest = pattern[...]
        var isStrict = true
        if rest.starts(with: "(?i)".utf8) {
            isStrict = false
            rest = rest.dropFirst(4)
        }
        let isAnchoredAtStart = rest.first == UInt8(ascii: "^")
        if isAnchoredAtStart { rest = rest.dropFirst() }
        // A search passes over whatever stands before the match, so that a leading `.*` says nothing; behind an anchor
        // it does, because the dot does not match a line feed.
        if !isAnchoredAtStart {
            while rest.starts(with: ".*".utf8) { rest = rest.dropFirst(2) }
        }
        var literal: [UInt8] = []
        var isAnchoredAtEnd = false
        while let byte = rest.first {
            rest = rest.dropFirst()
            switch byte {
            case UInt8(ascii: "$"):
                guard rest.isEmpty else { return nil }
                isAnchoredAtEnd = true
            case UInt8(ascii: "."):
                // `.*` at the open end says nothing.
                guard rest.elementsEqual("*".utf8) else { return nil }
                rest = []
            case UInt8(ascii: "\\"):
                guard let escaped = rest.first, isPunctuation(escaped) else { return nil }
                rest = rest.dropFirst()
                literal.append(escaped)
            case UInt8(ascii: "^"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "("),
                UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"),
                UInt8(ascii: "|"):
                return nil
            default:
                guard byte >= 0x20, byte < 0x7f else { return nil }
                literal.append(byte)
            }
            // A repetition belongs to the last character.
            if let next = rest.first,
                [UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{")].contains(next)
            {
                return nil
            }
        }
        var tokens = literal.map(Glob.Token.byte)
        if !isAnchoredAtStart { tokens.insert(.star, at: 0) }
        if !isAnchoredAtEnd { tokens.append(.star) }
        return Glob(tokens, isStrict: isStrict)
    }

    private static func isPunctuation(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7f && !Glob.isLetter(byte) && !(0x30...0x39).contains(byte)
    }
}

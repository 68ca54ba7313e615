internal import RulesLanguage

/// A set of texts described by literal parts with stars between them: what `eq`, `contains`, `starts_with`, `ends_with`,
/// `wildcard` and simple regular expressions come to.
///
/// A star stands for any bytes, also none. Whether one such set lies within another, or shares a member with it, is
/// decided exactly, by walking both patterns at once.
package struct Glob: Hashable, Sendable {
    enum Token: Hashable, Sendable {
        case byte(UInt8)
        case star
    }

    /// Never two stars in a row.
    let tokens: [Token]
    /// False: ASCII letters match in either case; then the bytes are in lower case.
    let isStrict: Bool

    init(_ tokens: [Token], isStrict: Bool = true) {
        var kept: [Token] = []
        for token in tokens where token != .star || kept.last != .star {
            if case .byte(let byte) = token, !isStrict {
                kept.append(.byte(Self.lower(byte)))
            } else {
                kept.append(token)
            }
        }
        self.tokens = kept
        self.isStrict = isStrict
    }

    static func exactly(_ text: [UInt8]) -> Glob { Glob(text.map(Token.byte)) }
    static func prefix(_ text: [UInt8]) -> Glob { Glob(text.map(Token.byte) + [.star]) }
    static func suffix(_ text: [UInt8]) -> Glob { Glob([.star] + text.map(Token.byte)) }
    static func containing(_ text: [UInt8]) -> Glob { Glob([.star] + text.map(Token.byte) + [.star]) }

    /// A pattern of the `wildcard` operators; nil when it is none.
    package init?(wildcard pattern: [UInt8], strict: Bool) {
        guard case .success(let parts) = WildcardPattern.parse(pattern) else { return nil }
        self.init(Array(parts.map { $0.map(Token.byte) }.joined(separator: [.star])), isStrict: strict)
    }

    static func lower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte }
    static func isLetter(_ byte: UInt8) -> Bool { lower(byte) >= 0x61 && lower(byte) <= 0x7a }

    /// The only member, when there is just one.
    var onlyMember: [UInt8]? {
        var text: [UInt8] = []
        for token in tokens {
            guard case .byte(let byte) = token, isStrict || !Self.isLetter(byte) else { return nil }
            text.append(byte)
        }
        return text
    }

    /// A short member: every star stands for nothing.
    var shortest: [UInt8] {
        tokens.compactMap { if case .byte(let byte) = $0 { byte } else { nil } }
    }

    /// Whether some literal byte is an upper-case letter that must stand so.
    var needsUpperCase: Bool {
        isStrict
            && tokens.contains {
                if case .byte(let byte) = $0 { byte >= 0x41 && byte <= 0x5a } else { false }
            }
    }

    package func contains(_ text: [UInt8]) -> Bool { Glob.exactly(text).isSubset(of: self) }

    /// Whether every member of this set is one of the other.
    package func isSubset(of other: Glob) -> Bool {
        // The other's bytes must each meet a byte of ours; its stars take up anything, our stars included.
        let (ours, theirs) = (tokens, other.tokens)
        var reachable = [Bool](repeating: false, count: theirs.count + 1)
        reachable[0] = true
        closeOverStars(theirs, &reachable)
        for token in ours {
            var next = [Bool](repeating: false, count: theirs.count + 1)
            for place in theirs.indices where reachable[place] {
                switch (theirs[place], token) {
                case (.star, _): next[place] = true
                case (.byte(let wanted), .byte(let byte)):
                    if other.accepts(wanted, from: byte, strict: isStrict) { next[place + 1] = true }
                case (.byte, .star): break
                }
            }
            closeOverStars(theirs, &next)
            reachable = next
        }
        return reachable[theirs.count]
    }

    /// Whether our literal byte is met by every form that the other's literal may take.
    private func accepts(_ wanted: UInt8, from byte: UInt8, strict: Bool) -> Bool {
        guard isStrict else { return wanted == Self.lower(byte) }
        return wanted == byte && (strict || !Self.isLetter(byte))
    }

    private func closeOverStars(_ tokens: [Token], _ reachable: inout [Bool]) {
        for place in tokens.indices where reachable[place] && tokens[place] == .star { reachable[place + 1] = true }
    }

    /// Whether no text is in both sets.
    package func isDisjoint(from other: Glob) -> Bool {
        let (ours, theirs) = (tokens, other.tokens)
        let width = theirs.count + 1
        var seen = [Bool](repeating: false, count: (ours.count + 1) * width)
        var open = [(0, 0)]
        while let (mine, its) = open.popLast() {
            if mine == ours.count, its == theirs.count { return false }
            guard !seen[mine * width + its] else { continue }
            seen[mine * width + its] = true
            let left = mine < ours.count ? ours[mine] : nil
            let right = its < theirs.count ? theirs[its] : nil
            if left == .star {
                open.append((mine + 1, its))
                if right != nil { open.append((mine, its + 1)) }
            }
            if right == .star {
                open.append((mine, its + 1))
                if left != nil { open.append((mine + 1, its)) }
            }
            if case .byte(let one)? = left, case .byte(let two)? = right {
                let agree =
                    isStrict && other.isStrict ? one == two : Self.lower(one) == Self.lower(two)
                if agree { open.append((mine + 1, its + 1)) }
            }
        }
        return true
    }
}

extension Glob {
    /// The same as a plain comparison of a value, in the rules language; nil: there is none.
    package func comparison(of value: String) -> String? {
        guard isStrict else { return nil }
        let literal = Expression(
            unchecked: Node(.literal(.bytes(shortest)), type: .bytes, span: ByteSpan(0, 0)), mode: .value
        ).text
        switch (tokens.first, tokens.last, tokens.count { $0 == .star }) {
        case (_, _, 0): return "\(value) eq \(literal)"
        case (.star, .star, 2): return "\(value) contains \(literal)"
        case (_, .star, 1): return "starts_with(\(value), \(literal))"
        case (.star, _, 1): return "ends_with(\(value), \(literal))"
        default: return nil
        }
    }
}

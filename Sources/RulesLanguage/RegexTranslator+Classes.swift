extension RegexTranslator {
    /// Deepest class within a class.
    private static let deepestClass = 64

    /// `[…]`: copied when RE2 reads it alike, else written as the bytes it comes to.
    mutating func bracket() throws(Problem) {
        let (start, place) = (index, output.count)
        let members = try bracketSet(depth: 1)
        let source = pattern[start..<index]
        let ranges = members.ranges
        if ranges.count == 1, ranges[0].count == 1, ranges[0].lowerBound >= 0x80 {
            // For RE2 it is no class but a letter, and none that it may take out of alternatives.
            byte(ranges[0].lowerBound)
            return
        }
        set(atom: place)
        if !flags.ignoresSpace, Self.isPlain(source.dropFirst().dropLast()) {
            for scalar in source { put(String(scalar)) }
        } else if flags.ignoresCase {
            put("(?-i:\(Self.text(of: members)))")
        } else {
            put(Self.text(of: members))
        }
    }

    /// Letters, digits, harmless signs and ranges between letters or digits.
    private static func isPlain(_ source: ArraySlice<Unicode.Scalar>) -> Bool {
        var rest = source
        if rest.first == "^" { rest.removeFirst() }
        guard !rest.isEmpty else { return false }
        var before: Unicode.Scalar?
        while let scalar = rest.popFirst() {
            if scalar == "-" {
                guard let low = before, let high = rest.popFirst(), isAlphanumeric(low), isAlphanumeric(high) else {
                    return false
                }
                before = nil
                continue
            }
            if scalar == "\\" {
                guard let escaped = rest.popFirst(), "dwnrt./".unicodeScalars.contains(escaped) else { return false }
                before = nil
                continue
            }
            guard isAlphanumeric(scalar) || " _./:;,!@#%=+*?\"'(){}|<>$`".unicodeScalars.contains(scalar) else {
                return false
            }
            before = scalar
        }
        return true
    }

    private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && ASCII.isNameByte(UInt8(scalar.value)) && scalar != "." && scalar != "_"
    }

    /// A set in RE2's syntax, without letters that a flag could read in another case.
    static func text(of members: ByteSet) -> String {
        let ranges = members.ranges
        guard !ranges.isEmpty else { return "[^\\x00-\\xff]" }
        let parts = ranges.map { range in
            range.count == 1
                ? hexadecimal(range.lowerBound) : "\(hexadecimal(range.lowerBound))-\(hexadecimal(range.upperBound))"
        }
        return "[\(parts.joined())]"
    }

    private enum Operation { case intersection, difference, symmetricDifference }

    private func unclosed() -> Problem { problem("a class is not closed", "add ] or write \\[ for the character") }

    /// From `[` to the `]` that belongs to it.
    private mutating func bracketSet(depth: Int) throws(Problem) -> ByteSet {
        guard depth <= Self.deepestClass else { throw unsupported("classes are nested too deep") }
        index += 1
        skipSpace()
        let isNegated = take("^")
        if isNegated { skipSpace() }
        var members = ByteSet()
        var isEmpty = true
        while take("-") {
            members.insert(0x2d...0x2d)
            isEmpty = false
            skipSpace()
        }
        if isEmpty, take("]") { members.insert(0x5d...0x5d) }
        var left: (members: ByteSet, operation: Operation)?
        func folded(_ set: ByteSet) -> ByteSet { flags.ignoresCase ? set.caseFolded : set }
        while true {
            skipSpace()
            guard let scalar = current else { throw unclosed() }
            if scalar == "]" {
                index += 1
                break
            }
            if let operation = operation(scalar) {
                members = Self.joined(left, members, folded)
                left = (members, operation)
                members = ByteSet()
                index += 2
            } else if scalar == "[" {
                if let named = namedClass() {
                    members = members.union(named)
                } else {
                    members = members.union(try bracketSet(depth: depth + 1))
                }
            } else {
                members = members.union(try rangeOrItem())
            }
        }
        members = folded(Self.joined(left, members, folded))
        return isNegated ? members.inverted : members
    }

    private func operation(_ scalar: Unicode.Scalar) -> Operation? {
        guard self.scalar(at: index + 1) == scalar else { return nil }
        return switch scalar {
        case "&": .intersection
        case "-": .difference
        case "~": .symmetricDifference
        default: nil
        }
    }

    private static func joined(
        _ left: (members: ByteSet, operation: Operation)?, _ right: ByteSet, _ folded: (ByteSet) -> ByteSet
    ) -> ByteSet {
        guard let left else { return right }
        let (first, second) = (folded(left.members), folded(right))
        return switch left.operation {
        case .intersection: first.intersection(second)
        case .difference: first.subtracting(second)
        case .symmetricDifference: first.symmetricDifference(second)
        }
    }

    /// `[:alpha:]` or `[:^alpha:]`; nil when it is something else, which is then a class within the class.
    private mutating func namedClass() -> ByteSet? {
        guard scalar(at: index + 1) == ":" else { return nil }
        var place = index + 2
        let isNegated = scalar(at: place) == "^"
        if isNegated { place += 1 }
        var name = ""
        while let scalar = scalar(at: place), scalar != ":" {
            name.unicodeScalars.append(scalar)
            place += 1
        }
        guard scalar(at: place) == ":", scalar(at: place + 1) == "]", let members = Self.namedClasses[name] else {
            return nil
        }
        index = place + 2
        return isNegated ? members.inverted : members
    }

    private static let namedClasses: [String: ByteSet] = [
        "alnum": ByteSet(0x30...0x39, 0x41...0x5a, 0x61...0x7a), "alpha": ByteSet(0x41...0x5a, 0x61...0x7a),
        "ascii": ByteSet(0x00...0x7f), "blank": ByteSet(0x09...0x09, 0x20...0x20),
        "cntrl": ByteSet(0x00...0x1f, 0x7f...0x7f), "digit": digits, "graph": ByteSet(0x21...0x7e),
        "lower": ByteSet(0x61...0x7a), "print": ByteSet(0x20...0x7e),
        "punct": ByteSet(0x21...0x2f, 0x3a...0x40, 0x5b...0x60, 0x7b...0x7e), "space": space,
        "upper": ByteSet(0x41...0x5a), "word": word, "xdigit": ByteSet(0x30...0x39, 0x41...0x46, 0x61...0x66),
    ]

    private enum Item {
        case byte(UInt8)
        case set(ByteSet)
    }

    private mutating func rangeOrItem() throws(Problem) -> ByteSet {
        let first = try item()
        skipSpace()
        guard current != nil else { throw unclosed() }
        // A minus before the end of the class is itself; two are a difference.
        let next = followingMinus()
        guard current == "-", next != "]", next != "-" else {
            switch first {
            case .byte(let byte): return ByteSet(byte...byte)
            case .set(let members): return members
            }
        }
        index += 1
        skipSpace()
        guard current != nil else { throw unclosed() }
        guard case .byte(let low) = first, case .byte(let high) = try item() else {
            throw problem("a range in a class goes from character to character")
        }
        guard low <= high else { throw problem("a range in a class ends before it begins", "swap its ends") }
        return ByteSet(low...high)
    }

    /// What stands after the minus at this place, white space left out where a flag says so.
    private func followingMinus() -> Unicode.Scalar? {
        var place = index + 1
        while flags.ignoresSpace, let scalar = scalar(at: place), scalar.properties.isWhitespace { place += 1 }
        return scalar(at: place)
    }

    private mutating func item() throws(Problem) -> Item {
        guard let scalar = current else { throw unclosed() }
        let literal: Unicode.Scalar
        if scalar == "\\" {
            switch try escape() {
            case .byte(let byte): return .byte(byte)
            case .copied(let scalar): return .byte(Self.byte(ofCopied: scalar))
            case .set(let members, _): return .set(members)
            case .scalar(let scalar): literal = scalar
            case .assertion: throw problem("this escape cannot stand in a class")
            }
        } else {
            index += 1
            literal = scalar
        }
        guard literal.isASCII else {
            throw problem("a class holds single bytes, and this character has several", "use alternatives: (?:ä|ö)")
        }
        return .byte(UInt8(literal.value))
    }
}

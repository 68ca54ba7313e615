extension RegexTranslator {
    /// What a backslash and its successors stand for.
    enum Escape {
        case scalar(Unicode.Scalar)
        /// `\xHH` beyond ASCII.
        case byte(UInt8)
        /// A character escaped in a way that RE2 reads alike.
        case copied(Unicode.Scalar)
        case set(ByteSet, Unicode.Scalar)
        case assertion(Unicode.Scalar)
    }

    static let digits = ByteSet(0x30...0x39)
    static let word = ByteSet(0x30...0x39, 0x41...0x5a, 0x5f...0x5f, 0x61...0x7a)
    static let space = ByteSet(0x09...0x0d, 0x20...0x20)

    mutating func escape() throws(Problem) -> Escape {
        index += 1
        guard let scalar = current else {
            throw problem("the pattern ends with a backslash", "write \\\\ for the character")
        }
        index += 1
        switch scalar {
        case "0"..."9": throw problem("back-references are not supported", "write \\x01 for the byte 1")
        case "x", "u", "U": return try hexadecimal(scalar)
        case "p", "P":
            throw problem("patterns match bytes; Unicode classes are not supported", "use a class such as [a-z]")
        case "d": return .set(Self.digits, scalar)
        case "D": return .set(Self.digits.inverted, scalar)
        case "w": return .set(Self.word, scalar)
        case "W": return .set(Self.word.inverted, scalar)
        case "s": return .set(Self.space, scalar)
        case "S": return .set(Self.space.inverted, scalar)
        case "a", "f", "t", "n", "r", "v": return .copied(scalar)
        case "A", "z", "b", "B", "<", ">": return .assertion(scalar)
        case "_": return .scalar(scalar)
        default:
            let isLetter = scalar.isASCII && ASCII.isNameByte(UInt8(scalar.value)) && scalar != "."
            guard scalar.isASCII, !isLetter else {
                throw problem("unknown escape in a pattern", "write the character without the backslash")
            }
            return .copied(scalar)
        }
    }

    /// The byte that a copied escape stands for.
    static func byte(ofCopied scalar: Unicode.Scalar) -> UInt8 {
        switch scalar {
        case "a": 0x07
        case "f": 0x0c
        case "t": 0x09
        case "n": 0x0a
        case "r": 0x0d
        case "v": 0x0b
        default: UInt8(truncatingIfNeeded: scalar.value)
        }
    }

    private mutating func hexadecimal(_ kind: Unicode.Scalar) throws(Problem) -> Escape {
        skipSpace()
        let isBraced = take("{")
        let wanted = kind == "x" ? 2 : kind == "u" ? 4 : 8
        var value: UInt32 = 0
        var count = 0
        while isBraced || count < wanted {
            skipSpace()
            guard let scalar = current else { throw problem("a hexadecimal escape is not complete") }
            if isBraced, scalar == "}" { break }
            guard scalar.isASCII, let digit = ASCII.hexDigit(UInt8(scalar.value)) else {
                throw problem("a hexadecimal escape has a character that is no digit")
            }
            value = value > 0x0fff_ffff ? .max : value << 4 | UInt32(digit)
            count += 1
            index += 1
        }
        if isBraced { index += 1 }
        guard count > 0 else { throw problem("a hexadecimal escape is empty") }
        guard let scalar = Unicode.Scalar(value) else { throw problem("a hexadecimal escape is no character") }
        // Two digits are a byte, anything else is a character in UTF-8.
        if kind == "x", !isBraced, value > 0x7f { return .byte(UInt8(truncatingIfNeeded: value)) }
        return .scalar(scalar)
    }
}

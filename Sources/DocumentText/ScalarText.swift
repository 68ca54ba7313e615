/// How a text is written as a YAML scalar.
enum ScalarText {
    /// Words that some reader of YAML takes for a boolean or for nothing.
    private static let words: Set<String> = [
        "true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf",
    ]

    /// On one line: plain, in single or in double quotes.
    static func quoted(_ text: String) -> String {
        if isPlain(text) { return text }
        if text.unicodeScalars.allSatisfy(isVisible) {
            // By scalars: a quote under a combining mark is another Character, but the same quote to YAML.
            let parts = text.unicodeScalars.split(separator: "'", omittingEmptySubsequences: false)
            return "'" + parts.map { String($0) }.joined(separator: "''") + "'"
        }
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            case "\r": out += "\\r"
            case _ where isVisible(scalar): out.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x100: out += "\\x" + hexadecimal(scalar, 2)
            case _ where scalar.value < 0x10000: out += "\\u" + hexadecimal(scalar, 4)
            default: out += "\\U" + hexadecimal(scalar, 8)
            }
        }
        return out + "\""
    }

    /// Several lines that can stand as a literal block: everything visible, and a first line that shows the indent.
    static func isLiteral(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, first != " ", first != "\n", text.unicodeScalars.contains("\n")
        else { return false }
        return text.unicodeScalars.allSatisfy { $0 == "\n" || isVisible($0) }
    }

    /// Begins with a letter, a slash or an underscore, or is a duration such as `250ms`; no mark that means something.
    private static func isPlain(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, last != 0x20, bytes.count <= 200 else { return false }
        if isDigit(first) {
            let unit = String(decoding: bytes.drop(while: isDigit), as: UTF8.self)
            return ["ms", "s", "m", "h", "d"].contains(unit)
        }
        guard isLetter(first) || first == UInt8(ascii: "/") || first == UInt8(ascii: "_") else { return false }
        guard bytes.allSatisfy({ isLetter($0) || isDigit($0) || "/_-.+ ".utf8.contains($0) }) else { return false }
        return !words.contains(text.lowercased())
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte | 0x20) }
    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    /// Characters that show what they are; all others are escaped, which YAML decodes to the same.
    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value >= 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
        case .spaceSeparator: return false
        default: return true
        }
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar, _ width: Int) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: width - digits.utf8.count) + digits
    }
}

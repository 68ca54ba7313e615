/// Literals in all their notations, and how texts are broken.
extension ExpressionCorpus {
    private static var words: [String] {
        ["a", "/shop/", "www.example.com", "", "admin", "é", "日本", "GET", "x\ny", "a b", "*", "10", "$1", "${1}"]
    }

    mutating func quoted() -> String {
        var text = ""
        for character in pick(Self.words) {
            text += character == "\"" || character == "\\" ? "\\\(character)" : String(character)
        }
        if chance(25) { text += pick(["\\x41", "\\xff", "\\\"", "\\\\", "\\101", "\\000", "\\377", "\\x+f"]) }
        if chance(2) { text += pick(["\\n", "\\u00e9", "\\400", "\\8", "\\x4", "\\xg0", "\\"]) }
        return "\"\(text)\""
    }

    mutating func raw(_ text: String) -> String {
        let signs = String(repeating: "#", count: text.contains("\"") ? 1 + below(3) : below(3))
        return "r\(signs)\"\(text)\"\(signs)"
    }

    mutating func bytesLiteral() -> String {
        switch below(10) {
        case 0, 1: return raw(pick(Self.words + ["a\"b", "\\d", "\\"]))
        case 2:
            let digits = Array("0123456789abcdefABCDEF")
            var text = ""
            for index in 0...(1 + below(4)) {
                text +=
                    (index > 0 ? (chance(95) ? ":" : pick(["-", ".", "::"])) : "")
                    + String([pick(digits), pick(digits)])
            }
            return text
        default: return quoted()
        }
    }

    mutating func number() -> String {
        switch below(10) {
        case 0: "-\(below(5_000))"
        case 1: "0x\(String(below(70_000), radix: 16, uppercase: chance(30)))"
        case 2: "0\(String(below(600), radix: 8))"
        case 3: pick(["0", "9223372036854775807", "-9223372036854775808", "-012", "00"])
        case 4 where chance(20): pick(["9223372036854775808", "08", "0xg", "5a", "1_0", "- 1", "1.5", "+1"])
        default: "\(below(70_000))"
        }
    }

    mutating func numberRange() -> String {
        let first = below(1_000)
        if chance(5) { return "\(first)..\(first - 1 - below(5))" }
        return pick([
            "\(first)..\(first + below(100))", "-\(first)..\(first)", "0x10..0x\(String(16 + first, radix: 16))",
        ])
    }

    mutating func address() -> String {
        switch below(8) {
        case 0: pick(["::", "::1", "2001:db8::1", "fe80::1", "1:2:3:4:5:6:7:8", "::ffff:192.0.2.1", "2001:DB8::A"])
        case 1 where chance(15): pick(["10.0.0.0/8", "1.2.3", "1.2.3.256", "1.2.3.04", ":::", "::1::", "1.2.3.4.5"])
        default: "\(below(256)).\(below(256)).\(below(256)).\(below(256))"
        }
    }

    mutating func addressRange() -> String {
        switch below(8) {
        case 0, 1: address()
        case 2: "10.\(below(256)).0.0/16"
        case 3: pick(["10.0.0.0/8", "2001:db8::/32", "::/0", "0.0.0.0/0", "192.0.2.0/024", "10/8", "10.1/16", "10"])
        case 4: "192.0.2.\(below(100))..192.0.2.\(100 + below(100))"
        case 5: pick(["2001:db8::1..2001:db8::9", "::..::ffff"])
        case 6 where chance(30):
            pick(["10.0.0.1/8", "10.0.0.0/33", "192.0.2.9..192.0.2.1", "1.2.3.4..::1", "10.0.0.0/", "/8", "1...2"])
        default: "203.0.113.\(4 * below(64))/30"
        }
    }

    mutating func listName() -> String {
        pick(["$office", "$cf.anonymizer", "$a.b_c9", "$cf.open_proxies", "$x", "$9"])
            + (chance(2) ? pick([".", "-", "A", "$"]) : "")
    }

    mutating func wildcardLiteral() -> String {
        var text = ""
        for _ in 0..<below(6) { text += pick(["*", "a", ".example", "/", "?", "*.", "é", "b*"]) }
        if chance(8) { text += pick(["**", "*a*b*c*d*e*f*g*h*i*j*k"]) }
        if chance(20) { return raw(text + pick(["\\*", "\\\\", chance(20) ? "\\a" : ""])) }
        return "\"\(text)\(chance(15) ? "\\\\*" : "")\""
    }

    // MARK: patterns

    mutating func regexLiteral() -> String {
        let pattern = pattern(below(3))
        // In quotes only the quote is escaped, and not within a class.
        return pattern.contains("\"") || chance(30) ? raw(pattern) : "\"\(pattern)\""
    }

    mutating func regexArgument() -> String {
        chance(50) ? raw(pattern(1)) : "\"\(pattern(1).split(separator: "\\").joined(separator: "\\\\"))\""
    }

    mutating func pattern(_ depth: Int) -> String {
        var text = chance(20) ? "^" : ""
        for _ in 0...below(4) { text += piece(depth) }
        if chance(15) { text += "|" + piece(depth) }
        return text + (chance(20) ? "$" : "")
    }

    private mutating func piece(_ depth: Int) -> String {
        var text: String
        switch below(12) {
        case 0, 1: text = pick(["a", "bc", "/x", "-", "é", "}", "]", " "])
        case 2: text = pick(["\\d", "\\w", "\\s", "\\.", "\\/", "\\-", "\\D", "\\S", "\\b", "\\x41", "\\n", "\\_"])
        case 3, 4: text = characterClass(0)
        case 5 where depth > 0:
            text = pick(["(", "(?:", "(?i:", "(?P<n\(below(1_000))>", "(?s-m:"]) + pattern(depth - 1) + ")"
        case 6: text = "."
        case 7 where chance(30): text = pick(["(?i)", "(?s)", "(?x) a # b\n", "(?U)", "(?-u)", "\\xff", "\\x{e9}"])
        case 8 where chance(15):
            text = pick([
                "(?=a)", "(?<!b)", "\\1", "\\p{L}", "\\Q", "(?u)", "(", "a)", "*", "[", "\\b{start}", "\\<", "{",
            ])
        default: text = pick(["a", "b", "0", "www", "/"])
        }
        if chance(30) {
            text += pick(["*", "+", "?", "*?", "+?", "{2}", "{1,3}", "{2,}", "**", chance(10) ? "{1001}" : "?"])
        }
        return text
    }

    private mutating func characterClass(_ depth: Int) -> String {
        var text = "[" + (chance(25) ? "^" : "")
        for _ in 0...below(3) {
            switch below(9) {
            case 0: text += "a-z"
            case 1: text += "0-9"
            case 2: text += pick(["\\d", "\\w", "\\s", "\\-", "\\]", "\\."])
            case 3: text += pick(["_", ".", "/", " ", "$"])
            case 4 where chance(40): text += pick(["[:alpha:]", "[:^space:]", "[:foo:]"])
            case 5 where depth < 2 && chance(40): text += pick(["&&", "--", "~~", ""]) + characterClass(depth + 1)
            case 6 where chance(15): text += pick(["é", "-", "--", "z-a", "\\d-z", "\\xff", "&", "~"])
            default: text += pick(["a", "x", "5", "A-F"])
            }
        }
        return text + "]"
    }

    // MARK: breaking

    private static var spoilers: [String] {
        [
            " ", "\t", "\n", "\"", "\\", "(", ")", "[", "]", "{", "}", ",", "$", "*", ".", "..", "=", "!", "&", "|",
            "^",
            "~", "<", ">", "-", "+", "/", ":", "#", "0", "9", "a", "r", "x", "A", "é", "\u{0}", "\u{a0}", "_", "and",
            "not", "in", "eq", "EQ", "true", "r\"", "[*]", "[0]", "()", "0x", "//",
        ]
    }

    /// The text with one to three faults, by characters or by words.
    mutating func broken(_ text: String) -> String {
        var text = text
        for _ in 0...[0, 0, 0, 1, 2][below(5)] {
            var parts = chance(50) ? text.map { String($0) } : Self.split(text)
            guard !parts.isEmpty else { return pick(Self.spoilers) }
            let index = below(parts.count)
            switch below(7) {
            case 0: parts.remove(at: index)
            case 1: parts.insert(pick(Self.spoilers), at: index)
            case 2: parts[index] = pick(Self.spoilers)
            case 3: parts.swapAt(index, below(parts.count))
            case 4: parts.insert(parts[below(parts.count)], at: index)
            case 5: parts.removeLast(below(parts.count))
            default:
                let other = Self.split(condition(1))
                parts[index] = other.isEmpty ? "" : pick(other)
            }
            text = parts.joined()
        }
        return text
    }

    /// Words, strings, spaces and single signs.
    private static func split(_ text: String) -> [String] {
        var parts: [String] = []
        var isWord = false
        var isString = false
        for character in text {
            let continues = character.isLetter || character.isNumber || character == "." || character == "_"
            if isString || (isWord && continues), !parts.isEmpty {
                parts[parts.count - 1].append(character)
                if character == "\"" { isString = false }
                continue
            }
            parts.append(String(character))
            isWord = continues
            isString = character == "\""
        }
        return parts
    }
}

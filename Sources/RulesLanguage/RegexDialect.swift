/// What a pattern may contain, beyond what RE2 refuses by itself.
///
/// The language's dialect is that of Rust's regex crate over bytes. Where RE2 would read a construct differently
/// instead of refusing it, it is refused here, so that no rule silently means something else.
enum RegexDialect {
    struct Problem: Equatable {
        let message: String
        let remedy: String?
    }

    /// Nil when the pattern can be used.
    static func problem(in pattern: [UInt8]) -> Problem? {
        if let problem = difference(in: pattern) { return problem }
        if let reason = RegexTable.refusal(of: pattern) {
            return Problem(message: "the pattern is invalid: \(reason)", remedy: remedy(for: pattern))
        }
        return nil
    }

    private static func remedy(for pattern: [UInt8]) -> String? {
        let text = String(decoding: pattern, as: UTF8.self)
        for opening in ["(?=", "(?!", "(?<=", "(?<!"] where contains(text, opening) {
            return "look-around is not supported; use two conditions joined with and, or not"
        }
        return contains(text, "(?<") ? "name groups with (?P<name>…)" : nil
    }

    private static func contains(_ text: String, _ part: String) -> Bool {
        let text = Array(text.utf8)
        let part = Array(part.utf8)
        guard text.count >= part.count else { return false }
        return (0...(text.count - part.count)).contains { text[$0..<($0 + part.count)].elementsEqual(part) }
    }

    private static func difference(in pattern: [UInt8]) -> Problem? {
        var index = 0
        var classStart: Int?
        func at(_ position: Int) -> UInt8? { position < pattern.count ? pattern[position] : nil }
        while let byte = at(index) {
            if byte == UInt8(ascii: "\\") {
                if let next = at(index + 1), let problem = escapeProblem(next) { return problem }
                index += 2
                continue
            }
            if let start = classStart {
                if byte == UInt8(ascii: "]"), index > start {
                    classStart = nil
                } else if byte == UInt8(ascii: "["), at(index + 1) == UInt8(ascii: ":") {
                    // A named class such as [:alpha:]: on to its end.
                    index += 2
                    while let inner = at(index), inner != UInt8(ascii: "]") {
                        index += 1
                        _ = inner
                    }
                } else if byte == UInt8(ascii: "[") {
                    return Problem(
                        message: "a class within a class is not supported", remedy: #"escape the bracket: \["#)
                } else if let next = at(index + 1), next == byte,
                    [0x26, 0x7e].contains(byte)
                        || (byte == 0x2d && index > start)
                {
                    return Problem(
                        message: "set operations in a class are not supported", remedy: "spell the class out")
                } else if byte >= 0x80 {
                    return Problem(
                        message: "a class holds single bytes, and this character has several",
                        remedy: "use alternatives: (?:ä|ö)")
                }
            } else if byte == UInt8(ascii: "[") {
                // A ] right at the start of a class is a member of it.
                classStart = index + (at(index + 1) == UInt8(ascii: "^") ? 2 : 1)
                index = (classStart ?? index) - 1
            } else if byte >= 0x80, let next = at(index + 1), [0x2a, 0x2b, 0x3f, 0x7b].contains(next) {
                return Problem(
                    message: "repetition would apply to the last byte of this character only",
                    remedy: "put it in a group: (?:ä)+")
            }
            index += 1
        }
        return nil
    }

    private static func escapeProblem(_ byte: UInt8) -> Problem? {
        switch byte {
        case UInt8(ascii: "p"), UInt8(ascii: "P"):
            Problem(
                message: "patterns match bytes; Unicode classes are not supported", remedy: "use a class such as [a-z]")
        case UInt8(ascii: "Q"), UInt8(ascii: "E"), UInt8(ascii: "C"):
            Problem(message: "unknown escape in a pattern", remedy: nil)
        default: nil
        }
    }
}

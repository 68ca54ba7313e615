/// What people who write such a thing usually mean: advice for errors, asked for only once there is one.
extension ParserRun {
    // MARK: between conditions

    /// Something stands behind a condition that neither joins nor ends it.
    func remedyBehindCondition() -> String? {
        let word = word(at: position)
        if lookingAt("==") || lookingAt("!=") || lookingAt("=") || ["eq", "ne", "is"].contains(word) {
            return followsComparison ? Self.oneComparison : "a Bool stands alone: write the field, or not and the field"
        }
        if Self.capitals.contains(word) { return "operators are written in lower case" }
        if [",", "+"].contains(Self.sign(current)) { return "join conditions with 'and' or 'or'" }
        if isAtComment { return Self.comments }
        if lookingAt(";") { return "an expression has no sign at its end: leave it out" }
        if lookingAt("&") || lookingAt("|") || lookingAt("^") { return "write 'and' or &&, 'or' or ||" }
        if lookingAt(".") { return "numbers are whole" }
        if let quote = typographicSign { return quote }
        if let first = current, ["<", ">"].contains(Self.sign(first)) { return Self.oneComparison }
        return "write 'and' or 'or' between two conditions"
    }

    static let capitals: Set<String> = ["AND", "OR", "XOR", "NOT", "And", "Or", "Xor", "Not"]
    private static let oneComparison =
        "each comparison has one operator: join two with 'and', or write in {FIRST..LAST}"

    private static let comments = "the language has no comments: say it in the rule's description"
    private var isAtComment: Bool { lookingAt("//") || lookingAt("/*") || lookingAt("#") || lookingAt("--") }

    /// The operand before this place was a comparison with a value, not a Bool by itself.
    private var followsComparison: Bool {
        var end = position
        while end > 0, [0x20, 0x0d, 0x0a].contains(text[end - 1]) { end -= 1 }
        guard end > 0 else { return false }
        return text[end - 1] == UInt8(ascii: "\"") || ASCII.isDigit(text[end - 1]) || text[end - 1] == UInt8(ascii: "}")
    }

    // MARK: where a field should stand

    /// A name that no field or function has.
    func remedyForUnknown(_ name: String) -> String? {
        switch name.lowercased() {
        case _ where name.hasPrefix("0x"): return "write the number in decimal; among arguments 0x is not understood"
        case "true", "false": return "\(name) can only be the whole expression"
        case "", "and", "or", "xor": return "an operand is missing"
        case "if", "when", "where": return "write the condition alone: what is done is the rule's action"
        case "in": return "not stands before the field and in behind it: not FIELD in {…}"
        case "starts", "startswith": return "starts_with is a function: starts_with(FIELD, \"…\")"
        case "ends", "endswith": return "ends_with is a function: ends_with(FIELD, \"…\")"
        case let word where Self.operators.contains(word): return "name the field again: FIELD \(word) …"
        case let word: if let usual = Self.comparisons[word] { return usual }
        }
        if let near = EditDistance.nearest(to: Array(name.utf8), among: schema.names) {
            return "did you mean \(String(decoding: schema.names[near], as: UTF8.self))?"
        }
        guard isBehindOperator(name) else { return nil }
        let start = position - name.utf8.count
        if start > 0, ASCII.isNameByte(text[start - 1]) { return "the operators are eq, ne, ge, le, gt and lt" }
        return "a text is written in quotes: \"\(name)\""
    }

    /// No name stands here at all.
    func remedyForMissingField() -> String? {
        if current == nil || current == UInt8(ascii: ")") { return "an operand is missing" }
        if let quote = typographicSign { return quote }
        if isAtComment { return Self.comments }
        if lookingAt("\"") || atRawString {
            return openParentheses > 0
                ? "a field or a call stands here" : "the field stands first, and each comparison names its own"
        }
        if lookingAt("'") { return Self.quotes }
        if lookingAt("$") { return "a list stands behind in: FIELD in $NAME" }
        if lookingAt("{") { return "a set stands behind in: FIELD in {…}" }
        return nil
    }

    private func isBehindOperator(_ name: String) -> Bool {
        var end = position - name.utf8.count
        while end > 0, [0x20, 0x0d, 0x0a].contains(text[end - 1]) { end -= 1 }
        var start = end
        while start > 0, ASCII.isNameByte(text[start - 1]) || Self.signs.contains(text[start - 1]) { start -= 1 }
        let word = String(decoding: text[start..<end], as: UTF8.self)
        return Self.operators.contains(word) || Self.signs.contains(word.utf8.first ?? 0)
    }

    // MARK: where an operator should stand

    func remedyForMissingOperator(at place: Int) -> String {
        let word = word(at: place)
        if lookingAt("strict") { return "strict wildcard is written with exactly one space" }
        if lookingAt("not") || lookingAt("!") { return "put not before the field: not FIELD in {…}" }
        if lookingAt("=~") { return "regular expressions: matches or ~" }
        if lookingAt("=>") || lookingAt("=<") { return "the equals sign stands last: >= and <=" }
        if lookingAt("=") { return "equality is eq or ==" }
        if lookingAt("[") { return "no space may stand before [" }
        if let usual = Self.comparisons[word.lowercased()] { return usual }
        if word != word.lowercased() { return "operators are written in lower case" }
        if let dash = typographicSign { return dash }
        return "write an operator such as eq, contains or in, and a value"
    }

    /// Operators of other languages.
    private static let comparisons = [
        "like": "like is not known: use wildcard \"*…*\" or contains \"…\"",
        "is": "equality is eq or ==", "equals": "equality is eq or ==", "equal": "equality is eq or ==",
        "regex": "regular expressions: matches or ~", "match": "regular expressions: matches or ~",
        "rlike": "regular expressions: matches or ~", "has": "use contains \"…\"", "include": "use contains \"…\"",
        "includes": "use contains \"…\"", "contain": "use contains \"…\"",
        "between": "use in {FIRST..LAST}",
        "starts_with": "starts_with is a function: starts_with(FIELD, \"…\")",
        "startswith": "starts_with is a function: starts_with(FIELD, \"…\")",
        "starts": "starts_with is a function: starts_with(FIELD, \"…\")",
        "ends_with": "ends_with is a function: ends_with(FIELD, \"…\")",
        "endswith": "ends_with is a function: ends_with(FIELD, \"…\")",
        "ends": "ends_with is a function: ends_with(FIELD, \"…\")",
    ]
    private static let operators: Set<String> = [
        "eq", "ne", "ge", "le", "gt", "lt", "wildcard", "contains", "matches", "in",
    ]
    private static let signs = Set("=!<>~".utf8)

    // MARK: where a value should stand

    /// - Parameter form: how such a value is written.
    func remedyForMissingText(_ form: String) -> String {
        if current == nil { return "write a value: \"…\"" }
        if lookingAt(">") { return "unequal is ne or !=" }
        if lookingAt("{") { return "one text at a time: join comparisons with 'or', or ask for equality with in {…}" }
        return typographicSign ?? form
    }

    /// Behind `in` stands neither a set nor a list.
    func remedyForMissingSet() -> String {
        let word = text[position..<addressEnd(from: position)]
        if !word.isEmpty, case .success = IPRange.parse(word) {
            return "write in {\(String(decoding: word, as: UTF8.self))}"
        }
        let name = self.word(at: position)
        if let first = current, ASCII.lowercase(first) &- 0x61 < 26, !atRawString {
            return "a named list is written with a dollar sign: $\(name.lowercased())"
        }
        return "a set is { … } with spaces between"
    }

    /// Quotes and dashes as word processors put them.
    private var typographicSign: String? {
        guard position + 2 < text.count else { return nil }
        switch (text[position], text[position + 1], text[position + 2]) {
        case (0xe2, 0x80, 0x98...0x9f): return "these quotes are typographic: write straight ones, \"…\""
        case (0xe2, 0x80, 0x90...0x95):
            return "this dash is typographic: write 'and' or 'or', or a hyphen within a text"
        default: return nil
        }
    }

    static let quotes = #"strings are written "…" or r"…""#

    // MARK: parentheses

    /// - Parameter open: where the parenthesis stands that is not closed.
    func remedyForOpen(_ open: Int) -> String {
        let line = text[..<open].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let column = text[line..<open].count { $0 & 0xc0 != 0x80 } + 1
        return "the parenthesis opened at column \(column) is not closed"
    }

    private func word(at place: Int) -> String {
        place < text.count ? String(decoding: text[place..<wordEnd(from: place)], as: UTF8.self) : ""
    }

    private static func sign(_ byte: UInt8?) -> Character? { byte.map { Character(Unicode.Scalar($0)) } }
}

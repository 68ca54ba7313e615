/// Reads the text character by character. Every fault is thrown with its place; nothing is guessed.
struct TOMLParser {
    /// Deeper nesting is a fault: no file of ours needs it, and the stack is finite.
    private static let deepest = 32

    private let characters: [Character]
    private var index = 0
    private var line = 1
    private var lineStart = 0

    init(_ text: String) { characters = Array(text) }

    mutating func document() throws(TextFault) -> TOMLTable {
        var root = TOMLTable()
        var header: [String] = []
        while true {
            skipBlank(lines: true)
            guard let next = peek else { return root }
            if next == "[" {
                header = try self.header(into: &root)
            } else {
                let (path, value, place) = try pair(depth: 0)
                try insert(value, header + path, at: place, into: &root)
            }
            try endOfLine()
        }
    }

    // MARK: Tables

    private mutating func header(into root: inout TOMLTable) throws(TextFault) -> [String] {
        let place = self.place
        advance()
        if peek == "[" { throw fault("lists of tables are not used here") }
        let path = try key()
        try expect("]", "the header's end: ]")
        try define(path[...], at: place, in: &root)
        return path
    }

    private func define(
        _ path: ArraySlice<String>, at place: TextPlace, in table: inout TOMLTable
    ) throws(TextFault) {
        guard let key = path.first else { return }
        let old = table[key]
        guard var inner = old == nil ? TOMLTable() : old?.table, !inner.isInline else {
            throw TextFault(line: place.line, column: place.column, "\"\(key)\" has a value already")
        }
        if path.count == 1 {
            if inner.isDefined {
                throw TextFault(line: place.line, column: place.column, "the table \"\(key)\" is there already")
            }
            inner.isDefined = true
        } else {
            try define(path.dropFirst(), at: place, in: &inner)
        }
        table.set(key, .table(inner), at: place)
    }

    private func insert(
        _ value: TOMLValue, _ path: [String], at place: TextPlace, into table: inout TOMLTable
    ) throws(TextFault) {
        guard let key = path.first else { return }
        if path.count == 1 {
            guard table[key] == nil else {
                throw TextFault(line: place.line, column: place.column, "\"\(key)\" is there already")
            }
            table.set(key, value, at: place)
            return
        }
        let old = table[key]
        guard var inner = old == nil ? TOMLTable() : old?.table, !inner.isInline else {
            throw TextFault(line: place.line, column: place.column, "\"\(key)\" has a value already")
        }
        try insert(value, Array(path.dropFirst()), at: place, into: &inner)
        table.set(key, .table(inner), at: place)
    }

    private mutating func pair(depth: Int) throws(TextFault) -> ([String], TOMLValue, TextPlace) {
        skipBlank(lines: false)
        let place = self.place
        let path = try key()
        try expect("=", "= after the key")
        skipBlank(lines: false)
        return (path, try value(depth: depth), place)
    }

    /// A dotted key; blanks around its parts do not count.
    private mutating func key() throws(TextFault) -> [String] {
        var parts: [String] = []
        while true {
            skipBlank(lines: false)
            if peek == "\"" || peek == "'" {
                parts.append(try string())
            } else {
                let start = index
                while let next = peek, Self.isBare(next) { advance() }
                guard index > start else { throw fault("a key") }
                parts.append(String(characters[start..<index]))
            }
            if parts.count > Self.deepest { throw fault("fewer than \(Self.deepest) parts of a key") }
            skipBlank(lines: false)
            guard peek == "." else { return parts }
            advance()
        }
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(TextFault) -> TOMLValue {
        guard depth < Self.deepest else { throw fault("fewer than \(Self.deepest) values inside of each other") }
        switch peek {
        case "\"", "'": return .string(try string())
        case "[": return try array(depth: depth)
        case "{": return try inlineTable(depth: depth)
        default: return try word()
        }
    }

    private mutating func array(depth: Int) throws(TextFault) -> TOMLValue {
        advance()
        var values: [TOMLValue] = []
        while true {
            skipBlank(lines: true)
            if peek == "]" { break }
            values.append(try value(depth: depth + 1))
            skipBlank(lines: true)
            guard peek == "," else { break }
            advance()
        }
        try expect("]", "a comma or the list's end: ]")
        return .array(values)
    }

    private mutating func inlineTable(depth: Int) throws(TextFault) -> TOMLValue {
        advance()
        var table = TOMLTable()
        skipBlank(lines: false)
        if peek != "}" {
            while true {
                let (path, value, place) = try pair(depth: depth + 1)
                try insert(value, path, at: place, into: &table)
                skipBlank(lines: false)
                guard peek == "," else { break }
                advance()
            }
        }
        try expect("}", "a comma or the table's end: }")
        table.isInline = true
        return .table(table)
    }

    /// true, false, or a whole number.
    private mutating func word() throws(TextFault) -> TOMLValue {
        let start = index
        let place = self.place
        while let next = peek, Self.isBare(next) || next == "+" || next == "." || next == ":" { advance() }
        let word = String(characters[start..<index])
        if word == "true" || word == "false" { return .boolean(word == "true") }
        let digits = word.filter { $0 != "_" }
        if !word.isEmpty, let number = Int(digits) { return .integer(number) }
        throw TextFault(
            line: place.line, column: place.column,
            "a value: text between quotes, a whole number, true, false, [ ] or { }")
    }

    private mutating func string() throws(TextFault) -> String {
        let quote = peek
        advance()
        if peek == quote, characters.indices.contains(index + 1), characters[index + 1] == quote {
            throw fault("text on one line")
        }
        var text = ""
        while let next = peek, !next.isNewline {
            if next == quote {
                advance()
                return text
            }
            if next == "\\", quote == "\"" {
                text.append(try escape())
            } else {
                text.append(next)
                advance()
            }
        }
        throw fault("the text's end: " + (quote.map { String($0) } ?? ""))
    }

    private mutating func escape() throws(TextFault) -> Character {
        advance()
        guard let kind = peek else { throw fault("a character after \\") }
        let simple: [Character: Character] = [
            "b": "\u{8}", "t": "\t", "n": "\n", "f": "\u{C}", "r": "\r", "\"": "\"", "\\": "\\",
        ]
        if let character = simple[kind] {
            advance()
            return character
        }
        let count = kind == "u" ? 4 : kind == "U" ? 8 : 0
        guard count > 0 else { throw fault("one of \\b \\t \\n \\f \\r \\\" \\\\ \\u \\U") }
        advance()
        let digits = String(characters[index..<min(index + count, characters.count)])
        guard digits.count == count, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }),
            let scalar = UInt32(digits, radix: 16).flatMap({ Unicode.Scalar($0) })
        else { throw fault("\(count) digits of a character's number") }
        for _ in 0..<count { advance() }
        return Character(scalar)
    }

    // MARK: Steps

    private var peek: Character? { index < characters.count ? characters[index] : nil }
    private var place: TextPlace { TextPlace(line: line, column: index - lineStart + 1) }

    private mutating func advance() {
        if characters[index].isNewline {
            line += 1
            lineStart = index + 1
        }
        index += 1
    }

    /// Blanks and, between lines, comments and line ends.
    private mutating func skipBlank(lines: Bool) {
        while let next = peek {
            if next == " " || next == "\t" || (lines && next.isNewline) {
                advance()
            } else if lines, next == "#" {
                while let inner = peek, !inner.isNewline { advance() }
            } else {
                return
            }
        }
    }

    private mutating func endOfLine() throws(TextFault) {
        skipBlank(lines: false)
        if peek == "#" { while let next = peek, !next.isNewline { advance() } }
        guard peek?.isNewline ?? true else { throw fault("the end of the line") }
    }

    private mutating func expect(_ character: Character, _ what: String) throws(TextFault) {
        skipBlank(lines: false)
        guard peek == character else { throw fault(what) }
        advance()
    }

    private func fault(_ expected: String) -> TextFault {
        let found = peek.map { $0.isNewline ? "the line ends" : "\"\($0)\" stands" } ?? "the text ends"
        return TextFault(line: place.line, column: place.column, "here should be \(expected); \(found) here")
    }

    private static func isBare(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber) || character == "-" || character == "_"
    }
}

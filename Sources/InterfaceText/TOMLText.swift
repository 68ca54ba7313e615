internal import TOMLKit

/// A TOML document with the places of its keys: the parser tells where text is broken, but not where a value stands
/// that means nothing, and a person who mends a theme needs both.
struct TOMLText {
    let root: TOMLTable
    private let lines: [Substring]

    /// Throws the parser's fault with its place.
    init(_ text: String) throws(TextFault) {
        // Line ends of other systems count as one.
        lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        do {
            root = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw TextFault(
                line: max(1, error.source.begin.line), column: max(1, error.source.begin.column), error.description)
        } catch {
            throw TextFault(line: 1, column: 1, "not TOML: \(error)")
        }
    }

    /// Where a key stands, or its table when the key is written in a form that cannot be found, or the first line.
    func fault(_ path: [String], _ message: String) -> TextFault {
        let place = place(of: path) ?? place(of: Array(path.dropLast())) ?? (1, 1)
        return TextFault(line: place.0, column: place.1, message)
    }

    private func place(of path: [String]) -> (Int, Int)? {
        guard let key = path.last else { return nil }
        var table: [String] = []
        for (index, line) in lines.enumerated() {
            let start = line.prefix { $0 == " " || $0 == "\t" }.count
            let body = line.dropFirst(start)
            if body.hasPrefix("[") {
                let name = body.drop { $0 == "[" }.prefix { $0 != "]" }
                table = Self.parts(name)
                if table == path { return (index + 1, start + 1) }
                continue
            }
            guard let equals = Self.end(ofKey: body) else { continue }
            let parts = table + Self.parts(body[..<equals])
            // A key inside of an inline table is looked for on the line of the table.
            if parts == path { return (index + 1, start + 1) }
            if parts == Array(path.dropLast()), let found = Self.offset(of: key, in: line) {
                return (index + 1, found + 1)
            }
        }
        return nil
    }

    /// Where the `=` stands that no quote holds.
    private static func end(ofKey line: Substring) -> Substring.Index? {
        var quote: Character?
        for index in line.indices {
            let character = line[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == "#" {
                return nil
            } else if character == "=" {
                return index
            }
        }
        return nil
    }

    /// The parts of a dotted key, without quotes and blanks.
    private static func parts(_ key: Substring) -> [String] {
        var parts: [String] = [""]
        var quote: Character?
        for character in key {
            if let open = quote {
                if character == open { quote = nil } else { parts[parts.count - 1].append(character) }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == "." {
                parts.append("")
            } else if character != " ", character != "\t" {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }

    private static func offset(of word: String, in line: Substring) -> Int? {
        var rest = line
        var offset = 0
        while !rest.isEmpty {
            if rest.hasPrefix(word) { return offset }
            rest = rest.dropFirst()
            offset += 1
        }
        return nil
    }
}

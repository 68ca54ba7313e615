/// A list as plain text: one item a line, ` #` before its comment, empty lines and lines that begin with `#` for people.
///
/// A value that such a line could not hold (with blanks at an end, a `#` where a comment would begin, a quote in front)
/// stands in double quotes, with `\"` and `\\` for those two.
package enum ListText {
    package static func write(_ items: [ListItem]) -> String {
        items.map { item in
            let value = isPlain(item.value) ? item.value : quoted(item.value)
            return value + (item.comment.map { " # \($0)" } ?? "") + "\n"
        }.joined()
    }

    /// Items as they are written; values are checked later, by whoever knows the kind of the list.
    package static func read(_ text: String) -> ([(item: ListItem, line: Int)], [Finding]) {
        var items: [(item: ListItem, line: Int)] = []
        var findings: [Finding] = []
        // By scalars: as a character, a quote with an accent behind it would be no quote.
        for (index, line) in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = trimmed(line)
            guard let first = line.first, first != "#" else { continue }
            if let item = first == "\"" ? readQuoted(line) : readPlain(line) {
                items.append((item, index + 1))
            } else {
                findings.append(
                    Finding(
                        .error, "bad-item", at: "line \(index + 1)", line: index + 1, "the quotes do not end well",
                        remedy: #"write "value", with \" and \\ inside, then # and a comment"#))
            }
        }
        return (items, findings)
    }

    private typealias Scalars = Substring.UnicodeScalarView

    private static func readPlain(_ line: Scalars) -> ListItem {
        var before: Unicode.Scalar = "#"
        for index in line.indices {
            if line[index] == "#", isBlank(before) {
                return ListItem(
                    String(trimmed(line[..<index])), comment: comment(line[line.index(after: index)...]))
            }
            before = line[index]
        }
        return ListItem(String(line))
    }

    private static func readQuoted(_ line: Scalars) -> ListItem? {
        var value = String.UnicodeScalarView()
        var rest = line.dropFirst()
        while let scalar = rest.popFirst() {
            if scalar == "\"" {
                let after = trimmed(rest)
                guard !after.isEmpty else { return ListItem(String(value)) }
                return after.first == "#" ? ListItem(String(value), comment: comment(after.dropFirst())) : nil
            }
            guard scalar == "\\" else {
                value.append(scalar)
                continue
            }
            guard let escaped = rest.popFirst(), escaped == "\"" || escaped == "\\" else { return nil }
            value.append(escaped)
        }
        return nil
    }

    private static func isPlain(_ value: String) -> Bool {
        let scalars = value.unicodeScalars
        guard let first = scalars.first, let last = scalars.last, first != "#", first != "\"", !isBlank(first),
            !isBlank(last)
        else { return false }
        return !zip(scalars, scalars.dropFirst()).contains { isBlank($0) && $1 == "#" }
    }

    private static func quoted(_ value: String) -> String {
        var result = String.UnicodeScalarView("\"".unicodeScalars)
        for scalar in value.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { result.append("\\") }
            result.append(scalar)
        }
        result.append("\"")
        return String(result)
    }

    private static func comment(_ text: Scalars) -> String? {
        let text = trimmed(text)
        return text.isEmpty ? nil : String(text)
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" || scalar == "\r" }

    private static func trimmed(_ text: Scalars) -> Scalars {
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }
}

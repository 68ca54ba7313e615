/// What a `/` filter asks for: terms that must all hold.
///
/// `word` anywhere in the row · `!term` not · `column:word` in one column · `column:=word` the whole field ·
/// `column:>5`, `column:<5` by number · `"two words"` · `re:pattern` to the end of the text. Case does not count.
package struct RowQuery: Sendable, Hashable {
    package enum Test: Sendable, Hashable {
        case contains([UInt8])
        case equals([UInt8])
        case above(Double)
        case below(Double)
        /// By the matcher that the console passes in.
        case pattern(String)
    }

    package struct Term: Sendable, Hashable {
        package var test: Test
        package var isNegated: Bool
        /// Position of the column; nil: the whole row.
        package var column: Int?
    }

    /// As it was typed.
    package let text: String
    package let terms: [Term]

    package static let all = RowQuery("", columns: [])

    /// - Parameter columns: their names, in the table's order. A word with a colon whose first part names none of them
    ///   is a word like any other: host names have ports.
    package init(_ text: some StringProtocol, columns: [String]) {
        self.text = String(text)
        var terms: [Term] = []
        var rest = Substring(text)
        while true {
            rest = rest.drop { $0 == " " }
            guard !rest.isEmpty else { break }
            terms += Self.term(&rest, columns: columns).map { [$0] } ?? []
        }
        self.terms = terms
    }

    package var isEmpty: Bool { terms.isEmpty }

    /// The words to mark in cells: of positive terms only, with the column that they are looked for in.
    package var highlights: [(column: Int?, word: [UInt8])] {
        terms.compactMap { term in
            switch term.test {
            case .contains(let word), .equals(let word): term.isNegated ? nil : (term.column, word)
            default: nil
            }
        }
    }

    /// Whether every row that this query finds was found by the other: typing on narrows what is there.
    package func narrows(_ other: RowQuery) -> Bool {
        guard terms.count >= other.terms.count else { return false }
        return zip(terms, other.terms).allSatisfy { new, old in
            if new == old { return true }
            guard new.column == old.column, !new.isNegated, !old.isNegated,
                case .contains(let long) = new.test, case .contains(let short) = old.test
            else { return false }
            return long.starts(with: short)
        }
    }

    private static func term(_ rest: inout Substring, columns: [String]) -> Term? {
        var isNegated = false
        if rest.first == "!", rest.count > 1 {
            isNegated = true
            rest = rest.dropFirst()
        }
        if rest.hasPrefix("re:") {
            let pattern = String(rest.dropFirst(3))
            rest = ""
            return pattern.isEmpty ? nil : Term(test: .pattern(pattern), isNegated: isNegated)
        }
        var column: Int?
        let name = rest.prefix { $0 != ":" && $0 != " " && $0 != "\"" }
        if rest[name.endIndex...].hasPrefix(":"),
            let found = columns.firstIndex(where: { $0.lowercased() == name.lowercased() })
        {
            column = found
            rest = rest[name.endIndex...].dropFirst()
        }
        let word = word(&rest)
        guard !word.isEmpty else { return nil }
        if column != nil, let comparison = comparison(word) {
            return Term(test: comparison, isNegated: isNegated, column: column)
        }
        let folded = Array(Folding.fold(word).prefix(FoldedRows.longestNeedle))
        return Term(test: .contains(folded), isNegated: isNegated, column: column)
    }

    private static func comparison(_ word: Substring) -> Test? {
        switch word.first {
        case "=": .equals(Folding.fold(word.dropFirst()))
        case ">": Double(word.dropFirst()).map { .above($0) }
        case "<": Double(word.dropFirst()).map { .below($0) }
        default: nil
        }
    }

    /// A word, or what stands between quotes; an open quote reaches to the end.
    private static func word(_ rest: inout Substring) -> Substring {
        let isQuoted = rest.first == "\""
        if isQuoted { rest = rest.dropFirst() }
        let word = rest.prefix { isQuoted ? $0 != "\"" : $0 != " " }
        rest = rest[word.endIndex...]
        if isQuoted { rest = rest.dropFirst() }
        return word
    }
}

/// Makes a test of a regular expression, or nil when it is none. The text it tests is folded, with 0x1F between fields.
package typealias PatternMaker = @Sendable (String) -> (@Sendable (UnsafeRawBufferPointer) -> Bool)?

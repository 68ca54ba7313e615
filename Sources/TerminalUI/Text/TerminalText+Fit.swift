/// Where text that is too long loses its middle or end.
package enum Truncation: Sendable, Hashable {
    case end, middle, start
}

package enum TextAlignment: Sendable, Hashable {
    case left, center, right
}

extension TerminalText {
    /// At most `columns` wide, with an ellipsis where something was left out.
    package func truncated(to columns: Int, at place: Truncation = .end) -> TerminalText {
        if width <= columns { return self }
        if columns <= 0 { return .empty }
        if columns == 1 { return Self.ellipsis }
        let room = columns - 1
        switch place {
        case .end: return prefix(room) + Self.ellipsis
        case .start: return Self.ellipsis + suffix(room)
        case .middle:
            let head = prefix((room + 1) / 2)
            return head + Self.ellipsis + suffix(room - head.width)
        }
    }

    /// Exactly `columns` wide: truncated or padded with blanks.
    package func fitted(
        to columns: Int, _ alignment: TextAlignment = .left, truncation: Truncation = .end
    ) -> TerminalText {
        let text = truncated(to: columns, at: truncation)
        let spare = max(0, columns - text.width)
        let before =
            switch alignment {
            case .left: 0
            case .center: spare / 2
            case .right: spare
            }
        return Self.blanks(before) + text + Self.blanks(spare - before)
    }

    /// The widest beginning that fits; a wide character at the edge is left out, not halved.
    package func prefix(_ columns: Int) -> TerminalText {
        if width <= columns { return self }
        var used = 0
        var end = string.unicodeScalars.startIndex
        let scalars = string.unicodeScalars
        while end < scalars.endIndex {
            let step = TextWidth.of(scalars[end]) ?? 0
            if used + step > columns { break }
            used += step
            scalars.formIndex(after: &end)
        }
        return TerminalText(clean: String(scalars[..<end]), width: used)
    }

    /// The widest end that fits, beginning with a character and not with its mark.
    package func suffix(_ columns: Int) -> TerminalText {
        if width <= columns { return self }
        let scalars = string.unicodeScalars
        var used = 0
        var start = scalars.endIndex
        var index = scalars.endIndex
        while index > scalars.startIndex {
            scalars.formIndex(before: &index)
            let step = TextWidth.of(scalars[index]) ?? 0
            if used + step > columns { break }
            used += step
            if step > 0 { start = index }
        }
        return TerminalText(clean: String(scalars[start...]), width: used)
    }

    /// Without the first `columns` columns; half of a wide character is not kept.
    package func dropping(_ columns: Int) -> TerminalText {
        columns <= 0 ? self : suffix(max(0, width - columns))
    }

    /// The first scalars and the rest. A cut before a combining mark is for marking parts of a text that is drawn whole.
    func split(scalars count: Int) -> (head: TerminalText, rest: TerminalText) {
        let all = string.unicodeScalars
        let cut = all.index(all.startIndex, offsetBy: count, limitedBy: all.endIndex) ?? all.endIndex
        let head = String(all[..<cut])
        let wide = Self.width(of: head[...])
        return (TerminalText(clean: head, width: wide), TerminalText(clean: String(all[cut...]), width: width - wide))
    }

    package static func blanks(_ count: Int) -> TerminalText {
        count <= 0 ? .empty : TerminalText(clean: String(repeating: " ", count: count), width: count)
    }

    /// The same piece again and again.
    package func repeated(_ count: Int) -> TerminalText {
        count <= 0 ? .empty : TerminalText(clean: String(repeating: string, count: count), width: width * count)
    }

    static let ellipsis = TerminalText(clean: "\u{2026}", width: 1)

    /// Lines of at most `columns` columns, broken at blanks where there are some.
    package func wrapped(to columns: Int) -> [TerminalText] {
        guard columns > 0, width > columns else { return [self] }
        var lines: [TerminalText] = []
        var line = TerminalText.empty
        for part in string.split(separator: " ", omittingEmptySubsequences: false) {
            var word = TerminalText(clean: String(part), width: Self.width(of: part))
            let candidate =
                line.isEmpty && lines.isEmpty && word.isEmpty ? word : line.isEmpty ? word : line + " " + word
            if candidate.width <= columns {
                line = candidate
                continue
            }
            if !line.isEmpty { lines.append(line) }
            while word.width > columns {
                let head = word.prefix(columns)
                guard head.width > 0 else { break }
                lines.append(head)
                word = TerminalText(
                    clean: String(word.string.unicodeScalars.dropFirst(head.string.unicodeScalars.count)),
                    width: word.width - head.width)
            }
            line = word
        }
        if !line.isEmpty || lines.isEmpty { lines.append(line) }
        return lines
    }

    static func width(of part: Substring) -> Int {
        part.unicodeScalars.reduce(0) { $0 + (TextWidth.of($1) ?? 0) }
    }
}

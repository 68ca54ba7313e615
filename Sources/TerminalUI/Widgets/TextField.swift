/// One line of text that a person edits. Holds what was typed as it is; it is sanitised when it is drawn.
package struct TextField: Sendable, Hashable {
    private var scalars: [Unicode.Scalar]
    /// Before which scalar the next one goes.
    package private(set) var caret: Int
    /// What was cut last, for `Ctrl-Y`.
    private var cut: [Unicode.Scalar] = []
    /// The longest text; what does not fit is left out.
    package var limit: Int

    package init(_ text: String = "", limit: Int = 1000) {
        scalars = Array(text.unicodeScalars.prefix(limit))
        caret = scalars.count
        self.limit = limit
    }

    package var text: String {
        get { Self.string(scalars) }
        set {
            scalars = Array(newValue.unicodeScalars.prefix(limit))
            caret = scalars.count
        }
    }

    package var isEmpty: Bool { scalars.isEmpty }
    /// Whether the caret stands behind everything: where a ghost is shown.
    package var isAtEnd: Bool { caret == scalars.count }

    /// Edits by a key as shells do. False: the key means nothing to a field.
    package mutating func handle(_ key: KeyPress) -> Bool {
        if let scalar = key.typed {
            insert([scalar])
            return true
        }
        switch key.name {
        case "Left", "Ctrl-B": caret = before(caret)
        case "Right", "Ctrl-F": caret = after(caret)
        case "Home", "Ctrl-A": caret = 0
        case "End", "Ctrl-E": caret = scalars.count
        case "Alt-b", "Ctrl-Left", "Alt-Left": caret = wordStart
        case "Alt-f", "Ctrl-Right", "Alt-Right": caret = wordEnd
        case "Backspace": remove(before(caret)..<caret)
        case "Delete", "Ctrl-D": remove(caret..<after(caret))
        case "Ctrl-W", "Alt-Backspace": remove(wordStart..<caret, keep: true)
        case "Ctrl-U": remove(0..<caret, keep: true)
        case "Ctrl-K": remove(caret..<scalars.count, keep: true)
        case "Ctrl-Y": insert(cut)
        default: return false
        }
        return true
    }

    /// Pasted text; line ends become blanks, for a field has one line.
    package mutating func paste(_ text: String) {
        var lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        while lines.last?.isEmpty == true { lines.removeLast() }
        insert(Array(lines.joined(separator: " ").unicodeScalars))
    }

    /// Draws the part of the text around the caret, and tells where the terminal's cursor stands.
    ///
    /// - Parameter ghost: what would complete the text, behind the caret.
    @discardableResult
    package func draw(
        into surface: inout Surface, in rect: Rect, _ style: CellStyle = CellStyle(.prompt),
        ghost: TerminalText = .empty
    ) -> Point? {
        guard !rect.isEmpty else { return nil }
        surface.fill(rect.line(0), style)
        let before = TerminalText(untrusted: Self.string(scalars[..<caret]))
        let after = TerminalText(untrusted: Self.string(scalars[caret...]))
        // The caret needs a column of its own, also behind the text.
        let start = max(0, before.width - (rect.width - 1))
        var column = rect.column
        column = surface.put(before.dropping(start), at: Point(column, rect.row), style: style, within: rect)
        let caretColumn = min(column, rect.endColumn - 1)
        column = surface.put(after, at: Point(column, rect.row), style: style, within: rect)
        if isAtEnd, !ghost.isEmpty {
            surface.put(
                ghost, at: Point(column, rect.row), style: CellStyle(.promptGhost, on: style.ground), within: rect)
        }
        return Point(caretColumn, rect.row)
    }

    package func access(id: String, label: TerminalText, isFocused: Bool = true) -> AccessNode {
        AccessNode(.field, id: id, label: label, value: TerminalText(untrusted: text), isFocused: isFocused)
    }

    private mutating func insert(_ more: [Unicode.Scalar]) {
        let taken = more.prefix(max(0, limit - scalars.count))
        scalars.insert(contentsOf: taken, at: caret)
        caret += taken.count
    }

    private mutating func remove(_ range: Range<Int>, keep: Bool = false) {
        if keep, !range.isEmpty { cut = Array(scalars[range]) }
        scalars.removeSubrange(range)
        caret = range.lowerBound
    }

    /// A letter and its marks are one step.
    private func before(_ place: Int) -> Int {
        var place = place
        while place > 0 {
            place -= 1
            if TextWidth.of(scalars[place]) != 0 { break }
        }
        return place
    }

    private func after(_ place: Int) -> Int {
        guard place < scalars.count else { return place }
        var place = place + 1
        while place < scalars.count, TextWidth.of(scalars[place]) == 0 { place += 1 }
        return place
    }

    private var wordStart: Int {
        var place = caret
        while place > 0, Self.isGap(scalars[place - 1]) { place -= 1 }
        while place > 0, !Self.isGap(scalars[place - 1]) { place -= 1 }
        return place
    }

    private var wordEnd: Int {
        var place = caret
        while place < scalars.count, Self.isGap(scalars[place]) { place += 1 }
        while place < scalars.count, !Self.isGap(scalars[place]) { place += 1 }
        return place
    }

    private static func isGap(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || "/@:.,=".unicodeScalars.contains(scalar)
    }

    private static func string(_ part: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: part)
        return String(view)
    }
}

/// The bar at the foot of the screen that takes a command (`:`) or a filter (`/`): a field with history and completion.
package struct Prompt: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case command, filter, find, palette

        package var sign: TerminalText {
            switch self {
            case .command: ":"
            case .filter: "/"
            case .find: "?"
            case .palette: ">"
            }
        }
    }

    /// What a key led to.
    package enum Outcome: Sendable, Hashable {
        /// The text or the caret changed: a filter filters again.
        case edited
        /// Tab went on to another candidate: the text is that one, the candidates stay.
        case walked
        case accepted(String)
        case cancelled
        /// The key means nothing here.
        case ignored
    }

    package let kind: Kind
    package var field: TextField
    /// What the text could go on as; set by the console after each edit. Each replaces the whole text.
    package var candidates: [String] = [] {
        didSet { chosen = nil }
    }
    /// A fault of the text, shown behind it.
    package var fault: TerminalText = .empty
    /// Earlier texts, the newest last.
    package private(set) var history: [String]
    private var place: Int?
    /// What was typed before the history was asked.
    private var draft = ""
    private var chosen: Int?

    package init(_ kind: Kind, text: String = "", history: [String] = []) {
        self.kind = kind
        self.history = history
        field = TextField(text)
    }

    package var text: String { field.text }

    /// What the best candidate adds to the text; empty when it does not begin with it.
    package var ghost: String {
        guard field.isAtEnd, chosen == nil, let best = candidates.first, best.hasPrefix(text) else { return "" }
        return String(best.dropFirst(text.count))
    }

    package mutating func handle(_ key: KeyPress) -> Outcome {
        switch key.name {
        case "Enter": return .accepted(text)
        case "Esc", "Ctrl-C", "Ctrl-G": return .cancelled
        case "Up", "Ctrl-P": return recall(-1)
        case "Down", "Ctrl-N": return recall(1)
        case "Tab": return complete(1)
        case "Shift-Tab": return complete(-1)
        case "Right", "End", "Ctrl-E":
            guard !ghost.isEmpty else { break }
            field.text = candidates.first ?? text
            return .edited
        // A prompt that is empty goes away, as in editors.
        case "Backspace" where field.isEmpty: return .cancelled
        default: break
        }
        guard field.handle(key) else { return .ignored }
        place = nil
        fault = .empty
        return .edited
    }

    package mutating func paste(_ text: String) {
        field.paste(text)
        place = nil
        fault = .empty
    }

    /// The history with one more text, without doubles, at most so many.
    package static func remember(_ text: String, in history: [String], limit: Int = 200) -> [String] {
        guard !text.isEmpty else { return history }
        return Array((history.filter { $0 != text } + [text]).suffix(limit))
    }

    /// The bar in the last line of the block, the candidates above it. Tells where the cursor stands.
    @discardableResult
    package func draw(into surface: inout Surface, in rect: Rect, _ context: DrawContext) -> Point? {
        let (bar, above) = rect.bottom(1)
        guard !bar.isEmpty else { return nil }
        drawCandidates(&surface, above)
        surface.fill(bar, CellStyle(.prompt))
        let start = surface.put(kind.sign, at: bar.origin, style: CellStyle(.prompt, .bold), within: bar)
        let room = fault.isEmpty ? 0 : min(fault.width + 2, bar.width / 2)
        let rest = bar.left(start - bar.column).rest
        let (note, place) = rest.right(room)
        if room > 2 {
            surface.put(
                fault.truncated(to: room - 1), at: Point(note.column + 1, note.row), style: CellStyle(.statusBad))
        }
        return field.draw(into: &surface, in: place, ghost: TerminalText(untrusted: ghost))
    }

    package func access() -> AccessNode {
        let label: TerminalText =
            switch kind {
            case .command: "command"
            case .filter: "filter"
            case .find: "find"
            case .palette: "palette"
            }
        let items = candidates.enumerated().map { index, candidate in
            AccessNode(
                .item, id: "prompt.\(index)", label: TerminalText(untrusted: candidate), isSelected: index == chosen,
                position: AccessPosition(index + 1, of: candidates.count))
        }
        return AccessNode(
            .prompt, id: "prompt", label: label,
            value: TerminalText(untrusted: text) + (fault.isEmpty ? "" : ", " + fault),
            isFocused: true, children: items)
    }

    private func drawCandidates(_ surface: inout Surface, _ above: Rect) {
        guard candidates.count > 1, above.height > 2 else { return }
        let rows = min(candidates.count, above.height - 1, 8)
        let list = above.bottom(rows).foot
        let widest = candidates.prefix(200).map { TerminalText(untrusted: $0).width }.max() ?? 0
        let box = list.left(min(list.width, widest + 2)).head
        let top = max(0, min((chosen ?? 0) - rows + 1, candidates.count - rows))
        for row in 0..<rows {
            let isChosen = top + row == chosen
            let ground: Role = isChosen ? .selection : .surfaceRaised
            surface.fill(box.line(row), CellStyle(.text, on: ground))
            let text = TerminalText(untrusted: candidates[top + row]).truncated(to: box.width - 2)
            surface.put(
                text, at: Point(box.column + 1, box.row + row),
                style: CellStyle(isChosen ? .selection : .text, on: ground))
        }
    }

    private mutating func recall(_ step: Int) -> Outcome {
        guard !history.isEmpty else { return .ignored }
        if place == nil { draft = text }
        let next = (place ?? history.count) + step
        guard next >= 0 else { return .ignored }
        place = next < history.count ? next : nil
        field.text = place.map { history[$0] } ?? draft
        return .edited
    }

    private mutating func complete(_ step: Int) -> Outcome {
        guard !candidates.isEmpty else { return .ignored }
        let next =
            chosen.map { ($0 + step + candidates.count) % candidates.count } ?? (step > 0 ? 0 : candidates.count - 1)
        let kept = candidates
        field.text = kept[next]
        chosen = next
        // One candidate is taken, not walked through: the next Tab completes what follows.
        return kept.count == 1 ? .edited : .walked
    }
}

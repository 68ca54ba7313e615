internal import EdgeModel
internal import TerminalUI

/// The line at the foot in which a filter or a command is typed.
struct CommandPrompt: Hashable, Sendable {
    enum Kind: Hashable, Sendable { case filter, command }

    let kind: Kind
    var text = ""
    /// In scalars.
    var cursor = 0
    /// Position in the history, from its end; nil: what was typed.
    var recalled: Int?
    var typed = ""
    /// The filter that was there before, which Esc brings back.
    var before = ""

    init(_ kind: Kind, text: String = "") {
        self.kind = kind
        self.text = text
        cursor = text.unicodeScalars.count
        before = text
    }

    enum Answer: Hashable { case typing, done, cancelled }

    mutating func handle(_ key: KeyPress, history: [String], candidates: [String]) -> Answer {
        var scalars = Array(text.unicodeScalars)
        switch key.name {
        case "Enter": return .done
        case "Esc", "Ctrl-C": return .cancelled
        case "Backspace":
            if scalars.isEmpty { return .cancelled }
            if cursor > 0 {
                scalars.remove(at: cursor - 1)
                cursor -= 1
            }
        case "Delete": if cursor < scalars.count { scalars.remove(at: cursor) }
        case "Left": cursor = max(0, cursor - 1)
        case "Right":
            if cursor < scalars.count {
                cursor += 1
            } else if let ghost = ghost(candidates) {
                scalars += Array(ghost.unicodeScalars)
                cursor = scalars.count
            }
        case "Home", "Ctrl-A": cursor = 0
        case "End", "Ctrl-E": cursor = scalars.count
        case "Ctrl-U":
            scalars.removeFirst(cursor)
            cursor = 0
        case "Ctrl-W":
            while cursor > 0, scalars[cursor - 1] == " " {
                scalars.remove(at: cursor - 1)
                cursor -= 1
            }
            while cursor > 0, scalars[cursor - 1] != " " {
                scalars.remove(at: cursor - 1)
                cursor -= 1
            }
        case "Tab":
            if let ghost = ghost(candidates) {
                scalars += Array(ghost.unicodeScalars)
                cursor = scalars.count
            }
        case "Up", "Down": return recall(key.name == "Up" ? 1 : -1, history)
        default:
            guard let scalar = key.typed, scalars.count < 4_000 else { return .typing }
            scalars.insert(scalar, at: cursor)
            cursor += 1
        }
        set(scalars)
        return .typing
    }

    mutating func paste(_ pasted: String) {
        var scalars = Array(text.unicodeScalars)
        let line = pasted.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(
            max(0, 4_000 - scalars.count))
        scalars.insert(contentsOf: line, at: cursor)
        cursor += line.count
        set(scalars)
    }

    private mutating func set(_ scalars: [Unicode.Scalar]) {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        text = String(view)
    }

    private mutating func recall(_ step: Int, _ history: [String]) -> Answer {
        let next = (recalled ?? -1) + step
        guard next < history.count else { return .typing }
        if recalled == nil { typed = text }
        recalled = next < 0 ? nil : next
        text = next < 0 ? typed : history[history.count - 1 - next]
        cursor = text.unicodeScalars.count
        return .typing
    }

    /// What Tab would add.
    func ghost(_ candidates: [String]) -> String? {
        guard kind == .command, !text.isEmpty, cursor == text.unicodeScalars.count else { return nil }
        return candidates.first { $0.hasPrefix(text) && $0 != text }.map { String($0.dropFirst(text.count)) }
    }
}

package import TerminalUI

/// What a key is bound to: something to do, or a list to go to.
package enum KeyCommand: KeyAction, CaseIterable {
    case action(Action)
    /// By the list's word in the table of screens.
    case go(String)

    package static var allCases: [KeyCommand] {
        Action.allCases.map { .action($0) } + ScreenTable.rows.map { .go($0.word) }
    }

    package var rawValue: String {
        switch self {
        case .action(let action): action.rawValue
        case .go(let word): "go-" + word
        }
    }

    package init?(rawValue: String) {
        if let action = Action(rawValue: rawValue) {
            self = .action(action)
        } else if rawValue.hasPrefix("go-"), ScreenTable.row(String(rawValue.dropFirst(3))) != nil {
            self = .go(String(rawValue.dropFirst(3)))
        } else {
            return nil
        }
    }
}

/// In an extension of the key map `Action` is the map's own.
package typealias ConsoleAction = Action

extension Keymap<KeyCommand> {
    /// The key of an action, as texts name it; a person may have left it without one.
    package func key(_ action: ConsoleAction) -> TerminalText { key(for: .action(action), in: []) ?? "(no key)" }
}

internal import TerminalUI

/// The key map: one table from which keys, hints and help are made.
enum Keys {
    /// Before a person's own keys (``ConsoleModel/Setup/keys``).
    static let map = Keymap<KeyCommand>(changing + looking + going + moving + program)

    private static func row(
        _ action: Action, _ keys: String, _ title: TerminalText, _ group: TerminalText
    ) -> KeyBinding<KeyCommand> {
        KeyBinding(.action(action), keys, title, group: group)
    }

    private static let moving = [
        row(.up, "Up, k", "up", "Moving"), row(.down, "Down, j", "down", "Moving"),
        row(.pageUp, "PgUp, Ctrl-B", "page up", "Moving"), row(.pageDown, "PgDn, Ctrl-F", "page down", "Moving"),
        row(.top, "Home, g g", "first", "Moving"), row(.bottom, "End, G", "last", "Moving"),
        row(.next, "n", "next change", "Moving"), row(.previous, "N", "previous change", "Moving"),
        row(.open, "Enter, Right, l", "open", "Moving"), row(.back, "Esc, Left, h", "back", "Moving"),
        row(.historyBack, "[", "place before", "Moving"), row(.historyForward, "]", "place after", "Moving"),
    ]

    private static let going = ScreenTable.rows.map {
        KeyBinding(KeyCommand.go($0.word), $0.keys, $0.title, group: "Going to")
    }

    private static let looking = [
        row(.filter, "/", "filter", "Looking"), row(.command, ":", "command", "Looking"),
        row(.help, "?", "help", "Looking"), row(.difference, "d", "diff", "Looking"),
        row(.history, "H", "history", "Looking"), row(.environment, "E", "environment", "Looking"),
        row(.sort, "s", "sort by next column", "Looking"),
        row(.sortBackwards, "S", "turn the order round", "Looking"),
        row(.columns, "C", "choose columns", "Looking"), row(.follow, "f", "follow the newest", "Looking"),
        row(.pause, "z", "pause", "Looking"), row(.refresh, "R", "read again", "Looking"),
        row(.mark, "Space", "mark", "Looking"), row(.markRange, "v", "mark from here to there", "Looking"),
        row(.invertMarks, "*", "mark the others", "Looking"), row(.clearMarks, "V", "clear marks", "Looking"),
        row(.earlier, "<", "10 s back in the traffic", "Looking"), row(.later, ">", "10 s forth", "Looking"),
        row(.muchEarlier, "{", "5 min back", "Looking"),
        row(.muchLater, "}", "5 min forth, at last now", "Looking"),
        row(.panes, "w", "status panes", "Looking"), row(.theme, "T", "theme", "Looking"),
        row(.copyRow, "y", "copy row; again: show it plain", "Looking"),
        row(.copyCommand, "Y", "copy command", "Looking"),
    ]

    private static let changing = [
        row(.promote, "p", "promote", "Changing"), row(.rollback, "b", "roll back", "Changing"),
        row(.undo, "u", "undo", "Changing"), row(.assign, "a", "stage", "Changing"),
        row(.edit, "e", "edit", "Changing"), row(.draft, "c", "draft copy", "Changing"),
        row(.lock, "L", "lock", "Changing"), row(.toggle, "o", "on/off", "Changing"),
        row(.moveUp, "K", "move up", "Changing"), row(.moveDown, "J", "move down", "Changing"),
        row(.add, "+", "add", "Changing"), row(.release, "x", "give back", "Changing"),
        row(.block, "B", "block sender", "Changing"),
        row(.retry, "r", "retry", "Changing"), row(.abort, "A", "abort", "Changing"),
    ]

    private static let program = [
        row(.repaint, "Ctrl-L", "paint again", "Program"), row(.suspend, "Ctrl-Z", "suspend", "Program"),
        row(.interrupt, "Ctrl-C", "cancel; twice quits", "Program"), row(.back, "q", "back", "Program"),
        row(.quit, "Q", "quit", "Program"),
    ]
}

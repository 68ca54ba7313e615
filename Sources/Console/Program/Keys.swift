internal import TerminalUI

extension Action: KeyAction {}

/// The key map: one table from which keys, hints and help are made.
enum Keys {
    /// Before a person's own keys (``ConsoleModel/Setup/keys``).
    static let map = Keymap<Action>(moving + going + looking + changing + program)

    private static let moving: [KeyBinding<Action>] = [
        KeyBinding(.up, "Up, k", "up", group: "Moving"),
        KeyBinding(.down, "Down, j", "down", group: "Moving"),
        KeyBinding(.pageUp, "PgUp, Ctrl-B", "page up", group: "Moving"),
        KeyBinding(.pageDown, "PgDn, Ctrl-F", "page down", group: "Moving"),
        KeyBinding(.top, "Home, g g", "first", group: "Moving"),
        KeyBinding(.bottom, "End, G", "last", group: "Moving"),
        KeyBinding(.next, "n", "next change", group: "Moving"),
        KeyBinding(.previous, "N", "previous change", group: "Moving"),
    ]

    private static let going: [KeyBinding<Action>] = [
        KeyBinding(.open, "Enter, Right, l", "open", group: "Going to"),
        KeyBinding(.back, "Esc, Left, h", "back", group: "Going to"),
        KeyBinding(.historyBack, "[", "place before", group: "Going to"),
        KeyBinding(.historyForward, "]", "place after", group: "Going to"),
        KeyBinding(.goApplications, "g a", "applications", group: "Going to"),
        KeyBinding(.goRouting, "g r", "routing rules", group: "Going to"),
        KeyBinding(.goEffective, "g e", "effective rules", group: "Going to"),
        KeyBinding(.goEnvironments, "g v", "environments", group: "Going to"),
        KeyBinding(.goStaging, "g i", "staging addresses", group: "Going to"),
        KeyBinding(.goZones, "g z", "zones", group: "Going to"),
        KeyBinding(.goDeployments, "g d", "deployments", group: "Going to"),
        KeyBinding(.goNodes, "g n", "nodes", group: "Going to"),
        KeyBinding(.goAudit, "g u", "audit", group: "Going to"),
        KeyBinding(.goFindings, "g f", "findings", group: "Going to"),
        KeyBinding(.goTraffic, "g t", "traffic", group: "Going to"),
        KeyBinding(.goFailing, "g x", "failing requests", group: "Going to"),
        KeyBinding(.goEvents, "g l", "events", group: "Going to"),
        KeyBinding(.goLists, "g s", "named lists", group: "Going to"),
        KeyBinding(.goOperations, "@", "what I did", group: "Going to"),
    ]

    private static let looking: [KeyBinding<Action>] = [
        KeyBinding(.filter, "/", "filter", group: "Looking"),
        KeyBinding(.command, ":", "command", group: "Looking"),
        KeyBinding(.help, "?", "help", group: "Looking"),
        KeyBinding(.difference, "d", "diff", group: "Looking"),
        KeyBinding(.history, "H", "history", group: "Looking"),
        KeyBinding(.environment, "E", "environment", group: "Looking"),
        KeyBinding(.sort, "s", "sort by next column", group: "Looking"),
        KeyBinding(.sortBackwards, "S", "turn the order round", group: "Looking"),
        KeyBinding(.mark, "Space", "mark", group: "Looking"),
        KeyBinding(.clearMarks, "V", "clear marks", group: "Looking"),
        KeyBinding(.pause, "z", "pause", group: "Looking"),
        KeyBinding(.refresh, "R", "read again", group: "Looking"),
        KeyBinding(.earlier, "<", "10 s back in the traffic", group: "Looking"),
        KeyBinding(.later, ">", "10 s forth", group: "Looking"),
        KeyBinding(.muchEarlier, "{", "5 min back", group: "Looking"),
        KeyBinding(.muchLater, "}", "5 min forth, at last now", group: "Looking"),
        KeyBinding(.panes, "w", "status panes", group: "Looking"),
        KeyBinding(.theme, "T", "theme", group: "Looking"),
        KeyBinding(.copyRow, "y", "copy row", group: "Looking"),
        KeyBinding(.copyCommand, "Y", "copy command", group: "Looking"),
    ]

    private static let changing: [KeyBinding<Action>] = [
        KeyBinding(.promote, "p", "promote", group: "Changing"),
        KeyBinding(.rollback, "b", "roll back", group: "Changing"),
        KeyBinding(.undo, "u", "undo", group: "Changing"),
        KeyBinding(.assign, "a", "stage", group: "Changing"),
        KeyBinding(.edit, "e", "edit", group: "Changing"),
        KeyBinding(.draft, "c", "draft copy", group: "Changing"),
        KeyBinding(.lock, "L", "lock", group: "Changing"),
        KeyBinding(.toggle, "o", "on/off", group: "Changing"),
        KeyBinding(.moveUp, "K", "move up", group: "Changing"),
        KeyBinding(.moveDown, "J", "move down", group: "Changing"),
        KeyBinding(.release, "x", "give back", group: "Changing"),
    ]

    private static let program: [KeyBinding<Action>] = [
        KeyBinding(.repaint, "Ctrl-L", "paint again", group: "Program"),
        KeyBinding(.suspend, "Ctrl-Z", "suspend", group: "Program"),
        KeyBinding(.interrupt, "Ctrl-C", "cancel; twice quits", group: "Program"),
        KeyBinding(.back, "q", "back", group: "Program"),
        KeyBinding(.quit, "Q", "quit", group: "Program"),
    ]

    static func text(_ sequence: KeySequence) -> TerminalText { TerminalText(untrusted: sequence.name) }
}

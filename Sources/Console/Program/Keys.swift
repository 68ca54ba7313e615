internal import TerminalUI

/// The key map: one table from which keys, hints and help are made.
enum Keys {
    struct Binding: Hashable, Sendable {
        /// One key, or two after each other.
        var keys: [KeyPress]
        var action: Action
        /// What it does, in two or three words.
        var label: TerminalText
        var group: Group
    }

    enum Group: Int, CaseIterable, Hashable, Sendable {
        case moving, going, looking, changing, program

        var title: TerminalText {
            switch self {
            case .moving: "Moving"
            case .going: "Going to"
            case .looking: "Looking"
            case .changing: "Changing"
            case .program: "Program"
            }
        }
    }

    static let bindings: [Binding] = [
        bind("Up", .up, "up", .moving), bind("k", .up, "up", .moving), bind("Down", .down, "down", .moving),
        bind("j", .down, "down", .moving), bind("PgUp", .pageUp, "page up", .moving),
        bind("Ctrl-B", .pageUp, "page up", .moving), bind("PgDn", .pageDown, "page down", .moving),
        bind("Ctrl-F", .pageDown, "page down", .moving), bind("Home", .top, "first", .moving),
        bind("g g", .top, "first", .moving), bind("End", .bottom, "last", .moving), bind("G", .bottom, "last", .moving),
        bind("n", .next, "next change", .moving), bind("N", .previous, "previous change", .moving),

        bind("Enter", .open, "open", .going), bind("Right", .open, "open", .going), bind("l", .open, "open", .going),
        bind("Esc", .back, "back", .going), bind("Left", .back, "back", .going), bind("h", .back, "back", .going),
        bind("[", .historyBack, "place before", .going), bind("]", .historyForward, "place after", .going),
        bind("g a", .goApplications, "applications", .going), bind("g r", .goRouting, "routing rules", .going),
        bind("g e", .goEffective, "effective rules", .going), bind("g v", .goEnvironments, "environments", .going),
        bind("g i", .goStaging, "staging addresses", .going), bind("g z", .goZones, "zones", .going),
        bind("g d", .goDeployments, "deployments", .going), bind("g n", .goNodes, "nodes", .going),
        bind("g u", .goAudit, "audit", .going), bind("g f", .goFindings, "findings", .going),
        bind("@", .goOperations, "what I did", .going), bind("g t", .goTraffic, "traffic", .going),
        bind("g x", .goFailing, "failing requests", .going), bind("g l", .goEvents, "events", .going),

        bind("/", .filter, "filter", .looking), bind(":", .command, "command", .looking),
        bind("?", .help, "help", .looking), bind("d", .difference, "diff", .looking),
        bind("H", .history, "history", .looking), bind("E", .environment, "environment", .looking),
        bind("s", .sort, "sort by next column", .looking), bind("S", .sortBackwards, "turn the order round", .looking),
        bind("Space", .mark, "mark", .looking), bind("V", .clearMarks, "clear marks", .looking),
        bind("z", .pause, "pause", .looking), bind("R", .refresh, "read again", .looking),
        bind("<", .earlier, "10 s back in the traffic", .looking), bind(">", .later, "10 s forth", .looking),
        bind("{", .muchEarlier, "5 min back", .looking), bind("}", .muchLater, "5 min forth, at last now", .looking),
        bind("w", .panes, "status panes", .looking), bind("T", .theme, "theme", .looking),
        bind("y", .copyRow, "copy row", .looking),
        bind("Y", .copyCommand, "copy command", .looking),

        bind("p", .promote, "promote", .changing), bind("b", .rollback, "roll back", .changing),
        bind("u", .undo, "undo", .changing), bind("a", .assign, "stage", .changing),
        bind("e", .edit, "edit", .changing), bind("c", .draft, "draft copy", .changing),
        bind("L", .lock, "lock", .changing), bind("o", .toggle, "on/off", .changing),
        bind("K", .moveUp, "move up", .changing), bind("J", .moveDown, "move down", .changing),
        bind("x", .release, "give back", .changing),

        bind("Ctrl-L", .repaint, "paint again", .program), bind("Ctrl-Z", .suspend, "suspend", .program),
        bind("Ctrl-C", .interrupt, "cancel; twice quits", .program), bind("q", .back, "back", .program),
        bind("Q", .quit, "quit", .program),
    ]

    private static func bind(_ keys: String, _ action: Action, _ label: TerminalText, _ group: Group) -> Binding {
        Binding(
            keys: keys.split(separator: " ").compactMap { KeyPress($0) }, action: action, label: label, group: group)
    }

    enum Lookup: Hashable {
        case action(Action)
        /// The first of two keys.
        case prefix
        case none
    }

    static func lookup(_ key: KeyPress, after prefix: KeyPress?) -> Lookup {
        let keys = [prefix, key].compactMap(\.self)
        if let binding = bindings.first(where: { $0.keys == keys }) { return .action(binding.action) }
        if prefix == nil, bindings.contains(where: { $0.keys.count == 2 && $0.keys[0] == key }) { return .prefix }
        return .none
    }

    /// The key that is shown for an action.
    static func key(for action: Action) -> TerminalText? {
        bindings.first { $0.action == action }.map { Self.text($0.keys) }
    }

    static func text(_ keys: [KeyPress]) -> TerminalText {
        keys.map { TerminalText(untrusted: $0.name) }.joined(separator: " ")
    }
}

/// Help over the screen: every key, found by typing.
struct HelpPage: Hashable, Sendable {
    var query = ""
    var top = 0
}

/// What a key asks for. The same words are in the key map, the hints, the help and the command bar.
package enum Action: String, CaseIterable, Hashable, Sendable {
    // Moving
    case up, down
    case pageUp = "page-up"
    case pageDown = "page-down"
    case top, bottom
    case open, back
    case historyBack = "history-back"
    case historyForward = "history-forward"
    case next, previous
    case earlier, later
    case muchEarlier = "much-earlier"
    case muchLater = "much-later"

    // Looking
    case filter, command, help, sort
    case sortBackwards = "sort-backwards"
    case mark
    case markRange = "mark-range"
    case invertMarks = "invert-marks"
    case clearMarks = "clear-marks"
    case columns, follow
    case pause
    case refresh, repaint, environment, panes, theme
    case difference, history
    case copyCommand = "copy-command"
    case copyRow = "copy-row"

    // Changing
    case promote, rollback, undo, assign, edit, draft, lock, toggle
    case moveUp = "move-up"
    case moveDown = "move-down"
    case add, release, block
    case retry, abort

    case suspend, quit, interrupt

    /// Whether it writes to the state; `--read-only` takes these away.
    package var isChange: Bool {
        switch self {
        case .promote, .rollback, .undo, .assign, .edit, .draft, .lock, .toggle, .moveUp, .moveDown, .add, .release,
            .block, .retry, .abort:
            true
        default: false
        }
    }
}

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
    case goApplications = "go-applications"
    case goRouting = "go-routing"
    case goEffective = "go-effective"
    case goEnvironments = "go-environments"
    case goStaging = "go-staging"
    case goZones = "go-zones"
    case goDeployments = "go-deployments"
    case goNodes = "go-nodes"
    case goAudit = "go-audit"
    case goFindings = "go-findings"
    case goOperations = "go-operations"
    case goTraffic = "go-traffic"
    case goFailing = "go-failing"
    case goEvents = "go-events"
    case goLists = "go-lists"
    case earlier, later
    case muchEarlier = "much-earlier"
    case muchLater = "much-later"

    // Looking
    case filter, command, help, sort
    case sortBackwards = "sort-backwards"
    case mark
    case clearMarks = "clear-marks"
    case pause
    case refresh, repaint, environment, panes, theme
    case difference, history
    case copyCommand = "copy-command"
    case copyRow = "copy-row"

    // Changing
    case promote, rollback, undo, assign, edit, draft, lock, toggle
    case moveUp = "move-up"
    case moveDown = "move-down"
    case release

    case suspend, quit, interrupt

    /// Whether it writes to the state; `--read-only` takes these away.
    package var isChange: Bool {
        switch self {
        case .promote, .rollback, .undo, .assign, .edit, .draft, .lock, .toggle, .moveUp, .moveDown, .release: true
        default: false
        }
    }
}

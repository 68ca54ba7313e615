internal import TerminalUI

/// How the screen is divided.
struct ScreenLayout: Hashable {
    /// From here on the status panes stand beside the list.
    private static let wide = 118
    /// The same where lines are long and most are worth reading to their end.
    private static let wideBesideText = 160
    /// Of the panes: a share of the window between these.
    private static let paneWidths = 38...64

    let header: Rect
    let main: Rect
    /// Empty: there is no room, or they are switched off.
    let panes: Rect
    let hints: Rect
    let message: Rect

    init(_ model: ConsoleModel) {
        let whole = Rect(model.size)
        let rows = Layout.rows(whole, [.fixed(1), .rest, .fixed(1), .fixed(1)])
        (header, hints, message) = (rows[0], rows[2], rows[3])
        let wide = model.screen.place.isText ? Self.wideBesideText : Self.wide
        if model.showsPanes, model.size.columns >= wide {
            let wanted = model.size.columns * 3 / 10
            let width = min(max(wanted, Self.paneWidths.lowerBound), Self.paneWidths.upperBound)
            let columns = Layout.columns(rows[1], [.rest, .fixed(width)])
            (main, panes) = (columns[0], columns[1])
        } else {
            (main, panes) = (rows[1], Rect(column: 0, row: 0, width: 0, height: 0))
        }
    }

    /// Rows of a list, or lines of a text, that are seen: without frame and heads of columns.
    var page: Int { max(1, main.height - 3) }
}

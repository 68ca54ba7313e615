internal import EdgeModel
internal import TerminalUI

/// One place that the console is at, with everything that is remembered of it while something else lies over it.
struct ScreenState: Sendable {
    let place: Place
    var table: TableState<String>
    var rows = TableRows<String>()
    var content: Content?
    var problem: Problem?
    /// For places that are shown as text.
    var text = DifferenceState()
    var lines: [DifferenceLine] = []
    /// Follows the first row as new ones come.
    var filter = ""

    init(_ place: Place) {
        self.place = place
        table = TableState([], patterns: Patterns.maker)
    }

    /// Takes over what is shown now.
    ///
    /// - Parameter width: columns for text.
    mutating func refresh(_ context: ScreenContext, width: Int, at now: Instant) {
        var context = context
        context.content = content
        if let screen = place.screen {
            table.columns = screen.columns(context).map(\.tableColumn)
            rows = TableRows(screen.rows(context).map(\.tableRow))
            table.reload(rows, at: now)
        } else {
            lines = TextScreen.lines(context).flatMap { line in
                line.line.wrapped(to: width, indent: 6).map { DifferenceLine($0, change: line.change) }
            }
        }
    }

    mutating func filter(_ text: String) {
        filter = text
        table.filter(text, rows)
    }

    mutating func sort(by column: Int?) { table.sort(by: column, rows) }
}

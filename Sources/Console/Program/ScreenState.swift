internal import EdgeModel
internal import TerminalUI

/// One place that the console is at, with everything that is remembered of it while something else lies over it.
struct ScreenState: Sendable {
    let place: Place
    var table: TableState<String>
    var rows = TableRows<String>()
    var content: Content?
    var problem: Problem?
    /// For places that are shown as text: what stands above it, and a difference or facts.
    var head: [StyledLine] = []
    var diff: DiffView?
    var pager = TextPager()
    /// For what lies inside of each other.
    var map = TreeState<String>([])
    var filter = ""
    /// A row that the operator has just made: the cursor goes to it when it is there, for what is done next is meant
    /// for it.
    var made: String?

    init(_ place: Place) {
        self.place = place
        table = TableState([], patterns: Patterns.maker)
    }

    /// Takes over what is shown now.
    ///
    /// - Parameters:
    ///   - room: where it is shown.
    ///   - hidden: columns that a person does not want to see.
    mutating func refresh(_ context: ScreenContext, room: Rect, hidden: Set<String>, at now: Instant) {
        var context = context
        context.content = content
        if place == .map {
            map.reload(MapScreen.tree(context))
            map.resize(rows: room.height)
        } else if let screen = place.screen {
            table.columns = screen.columns(context).map(\.tableColumn).map { column in
                var column = column
                column.isHidden = hidden.contains(column.id)
                return column
            }
            rows = TableRows(screen.rows(context).map(\.tableRow))
            let new = rows.rows.first { $0.id == made }?.id
            if new != nil { table.release() }
            table.reload(rows, at: now)
            if let new {
                table.select(new, at: now)
                made = nil
            }
        } else {
            let text = TextScreen.text(context)
            head = text.head
            pager.replace(text.lines)
            pager.resize(rows: room.height - head.count, wrap: room.width - 1, indent: text.indent)
            if let lines = text.difference {
                if diff == nil { diff = DiffView(lines) }
                diff?.replace(lines)
            }
            diff?.resize(rows: room.height - head.count, columns: room.width)
        }
    }

    /// Moves in the text.
    mutating func read(_ move: DiffMove) {
        if diff != nil { diff?.handle(move) } else { pager.handle(move) }
    }

    /// What the place says, for the clipboard.
    var plain: String {
        if place == .map { return map.plain }
        return text
    }

    private var text: String {
        (head.map(\.text.string) + (diff.map { $0.lines.map(\.text.string) } ?? [pager.plain])).joined(separator: "\n")
    }

    mutating func filter(_ text: String) {
        filter = text
        table.filter(text, rows)
    }

    /// What the cursor is on.
    var selected: String? { place == .map ? map.selected : table.selected }

    mutating func sort(by column: Int?) { table.sort(by: column, rows) }
}

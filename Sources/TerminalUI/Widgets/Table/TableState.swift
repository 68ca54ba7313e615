/// A table's state: which row is selected, marked, shown, and where it stands on the screen.
///
/// Selection is by id. Whatever happens to the rows, the selected one keeps its line on the screen as long as there is
/// room, so a row never moves under the cursor; while the cursor was moved in the last five seconds the order is held
/// and rows that are new wait.
package struct TableState<ID: Hashable & Sendable>: Sendable {
    /// Milliseconds for which an order is held after the cursor moved.
    package static var holdTime: Int64 { 5000 }
    /// Milliseconds for which a row that changed is set off.
    package static var flashTime: Int64 { 2000 }

    package var columns: [TableColumn]
    package internal(set) var index = RowIndex<ID>()
    package internal(set) var selected: ID?
    package internal(set) var marks: Set<ID> = []
    /// Where a range of marks begins.
    package internal(set) var rangeStart: ID?
    /// Rows on a page, as ``resize(rows:)`` told.
    package internal(set) var page = 20
    /// The line of the selected row below the header.
    var line = 0
    /// The selected row's place among the shown ones.
    var place = 0
    /// Until the person moves, the cursor stays on the first row, whichever that is.
    package internal(set) var followsTop: Bool
    var heldUntil: Instant?
    /// What changed, until when it is set off.
    var flashes: [ID: Flash] = [:]
    var versions: [ID: Int] = [:]
    /// How wide each column's content was so far.
    var measured: [Int] = []
    /// Set when nothing may move, whatever comes: the pause key.
    package internal(set) var isPaused = false
    var patterns: PatternMaker?

    struct Flash: Sendable, Hashable {
        var until: Instant
        var role: Role
    }

    /// - Parameters:
    ///   - followsTop: a fresh table keeps the cursor on the first row until it is moved; false: on the row it was on.
    ///   - patterns: makes a test of a `re:` filter.
    package init(_ columns: [TableColumn], followsTop: Bool = true, patterns: PatternMaker? = nil) {
        self.columns = columns
        self.followsTop = followsTop
        self.patterns = patterns
    }

    package var query: RowQuery { index.query }
    package var sort: TableSort? { index.sort }
    package var count: Int { index.count }
    package var isEmpty: Bool { index.isEmpty }

    /// What an action applies to: the marked rows, or the selected one.
    package var targets: [ID] {
        if marks.isEmpty { return selected.map { [$0] } ?? [] }
        return index.ids.filter { marks.contains($0) }
    }

    /// Whether the order is held at this time.
    package func isHeld(at now: Instant) -> Bool { isPaused || heldUntil.map { $0 > now } ?? false }

    /// When the table looks different by time alone: a flash ends, held rows come in.
    package func wakeUp(at now: Instant) -> Instant? {
        let held = index.waiting > 0 ? heldUntil : nil
        return (flashes.values.map(\.until) + [held].compactMap { $0 }).filter { $0 > now }.min()
    }

    /// How many rows of the table are on the screen.
    package mutating func resize(rows: Int) { page = max(1, rows) }
}

extension TableState {
    /// Takes the rows of a source: at the start, after a change, and when a hold ends.
    ///
    /// Not for each frame: this walks all rows.
    package mutating func reload(_ source: some TableSource<ID>, at now: Instant) {
        let isFirst = index.total == 0 && versions.isEmpty
        noteChanges(source, at: now, isFirst: isFirst)
        index.reload(source, held: !isFirst && isHeld(at: now) && !index.isEmpty, patterns: patterns)
        marks.formIntersection(index.ids)
        measure(source)
        settle()
    }

    /// Filters, keeping the selected row where it is when it is still shown.
    package mutating func filter(_ text: String, _ source: some TableSource<ID>) {
        index.filter(RowQuery(text, columns: columns.map(\.id)), source, patterns: patterns)
        settle()
    }

    /// Makes the filter ready before the first key.
    package mutating func prepareFilter(_ source: some TableSource<ID>) { index.prepare(source) }

    /// Sorts by a column; by the same one again: the other way round. Nil: the source's order.
    package mutating func sort(by column: Int?, _ source: some TableSource<ID>) {
        let next = column.map { column in
            let isAgain = sort?.column == column
            return TableSort(column: column, isDescending: isAgain ? !(sort?.isDescending ?? false) : false)
        }
        sort(next, source)
    }

    package mutating func sort(_ sort: TableSort?, _ source: some TableSource<ID>) {
        index.sort(by: sort, source, patterns: patterns)
        settle()
    }

    package mutating func pause(_ isPaused: Bool) { self.isPaused = isPaused }

    /// Puts the cursor on the first row and keeps it there whatever comes: where the newest come first, the tail.
    package mutating func follow() {
        followsTop = true
        heldUntil = nil
        settle()
    }

    /// Lets the next rows come in at once, also while the cursor moves: what was made here is not kept waiting.
    package mutating func release() { heldUntil = nil }

    /// Keeps the cursor on its row from now on, as a key does.
    package mutating func pin() { followsTop = false }

    /// Puts the cursor where it belongs after the shown rows changed.
    mutating func settle() {
        if followsTop {
            place = 0
            line = 0
        } else if let selected, let found = index.place(of: selected) {
            place = found
        } else {
            // The row is gone: its neighbour on the same line takes its place.
            place = min(place, max(0, index.count - 1))
        }
        selected = index.id(at: place)
        line = min(line, place)
    }

    private mutating func noteChanges(_ source: some TableSource<ID>, at now: Instant, isFirst: Bool) {
        var versions: [ID: Int] = [:]
        var flashes = flashes.filter { $0.value.until > now }
        for slot in 0..<source.count {
            let version = source.version(at: slot)
            guard version != 0 else { continue }
            let id = source.id(at: slot)
            versions[id] = version
            guard !isFirst else { continue }
            let until = now.adding(Self.flashTime)
            if let old = self.versions[id] {
                if old != version { flashes[id] = Flash(until: until, role: .changeModified) }
            } else {
                flashes[id] = Flash(until: until, role: .changeNew)
            }
        }
        // When nearly everything changed nothing is told by setting it off.
        self.flashes = flashes.count > max(20, source.count / 2) ? [:] : flashes
        self.versions = versions
    }

    /// The width of a sample of rows: all of a small table, some two hundred of a large one.
    private mutating func measure(_ source: some TableSource<ID>) {
        measured = columns.map(\.title.width)
        let step = max(1, source.count / 200)
        for slot in stride(from: 0, to: source.count, by: step) {
            for (column, cell) in source.cells(at: slot).enumerated() where column < measured.count {
                measured[column] = max(measured[column], cell.width)
            }
        }
    }
}

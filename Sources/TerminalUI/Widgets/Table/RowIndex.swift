/// Which rows a table shows and in which order: sorted and filtered positions of a source, and where each id stands.
package struct RowIndex<ID: Hashable & Sendable>: Sendable {
    /// By position in the source.
    private(set) var ids: [ID] = []
    private var slots: [ID: Int32] = [:]
    /// Positions in the source, sorted, before the filter.
    private var order: [Int32] = []
    /// Positions in the source that are shown.
    private var visible: [Int32] = []
    /// Where a position of the source stands among the shown ones; -1 when it is hidden.
    private var places: [Int32] = []
    private var text: FoldedRows?

    package private(set) var query = RowQuery.all
    package private(set) var sort: TableSort?
    /// A pattern of the query is none: it finds nothing, and the prompt says so.
    package private(set) var hasBadPattern = false
    /// Rows that are new, and not shown while the order is held.
    package private(set) var waiting = 0

    package init() {}

    /// How many rows are shown, and how many there are.
    package var count: Int { visible.count }
    package var total: Int { ids.count }
    package var isEmpty: Bool { visible.isEmpty }

    /// The id of a shown row.
    package func id(at place: Int) -> ID? {
        visible.indices.contains(place) ? ids[Int(visible[place])] : nil
    }

    /// Where a shown row is in the source.
    package func slot(at place: Int) -> Int? {
        visible.indices.contains(place) ? Int(visible[place]) : nil
    }

    /// Where a row is shown; nil when it is not.
    package func place(of id: ID) -> Int? {
        guard let slot = slots[id], places[Int(slot)] >= 0 else { return nil }
        return Int(places[Int(slot)])
    }

    /// Where a row is in the source.
    package func slot(of id: ID) -> Int? { slots[id].map(Int.init) }

    /// Takes the rows of a source that changed.
    ///
    /// - Parameter held: rows stay in the order they have; new ones wait.
    package mutating func reload(
        _ source: some TableSource<ID>, held: Bool = false, patterns: PatternMaker? = nil
    ) {
        let before = held ? order.map { self.ids[Int($0)] } : []
        var ids: [ID] = []
        ids.reserveCapacity(source.count)
        var slots: [ID: Int32] = Dictionary(minimumCapacity: source.count)
        for index in 0..<source.count {
            let id = source.id(at: index)
            ids.append(id)
            // Of two rows with one id the first one is found: a source's fault must not be ours.
            if slots[id] == nil { slots[id] = Int32(index) }
        }
        self.ids = ids
        self.slots = slots
        let hadText = text != nil
        text = nil
        if held {
            order = before.compactMap { slots[$0] }
            waiting = source.count - order.count
        } else {
            waiting = 0
            sortRows(source)
        }
        if hadText || !query.isEmpty { prepare(source) }
        filter(source, among: order, patterns)
    }

    /// Builds the text that filters look through: before the first key, for it takes longer than a key may.
    package mutating func prepare(_ source: some TableSource<ID>) {
        guard text == nil else { return }
        text = FoldedRows(count: source.count) { source.write($0, into: &$1) }
    }

    package mutating func sort(by sort: TableSort?, _ source: some TableSource<ID>, patterns: PatternMaker? = nil) {
        self.sort = sort
        waiting = 0
        sortRows(source)
        filter(source, among: order, patterns)
    }

    package mutating func filter(
        _ query: RowQuery, _ source: some TableSource<ID>, patterns: PatternMaker? = nil
    ) {
        let narrows = query.narrows(self.query) && !self.query.isEmpty
        self.query = query
        if !query.isEmpty { prepare(source) }
        filter(source, among: narrows ? visible : order, patterns)
    }

    private mutating func filter(
        _ source: some TableSource<ID>, among candidates: [Int32], _ patterns: PatternMaker?
    ) {
        hasBadPattern = false
        if let text, !query.isEmpty {
            var found = candidates
            for term in query.terms { found = Self.rows(of: term, found, text, source, patterns, &hasBadPattern) }
            visible = found
        } else {
            visible = candidates
        }
        places = Array(repeating: -1, count: ids.count)
        for (place, slot) in visible.enumerated() { places[Int(slot)] = Int32(place) }
    }

    private static func rows(
        of term: RowQuery.Term, _ candidates: [Int32], _ text: FoldedRows, _ source: some TableSource<ID>,
        _ patterns: PatternMaker?, _ isBad: inout Bool
    ) -> [Int32] {
        func part(_ row: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
            term.column.map { FoldedRows.field($0, of: row) } ?? row
        }
        switch term.test {
        case .contains(let needle):
            return needle.withUnsafeBufferPointer { needle in
                text.filter(candidates) { _, row in
                    let part = part(row)
                    // Rows lie in one buffer that is padded for the longest needle.
                    let found = part.baseAddress.map { ByteSearch.contains($0, part.count, needle) } ?? false
                    return found != term.isNegated
                }
            }
        case .equals(let word):
            return text.filter(candidates) { _, row in part(row).elementsEqual(word) != term.isNegated }
        case .above(let limit), .below(let limit):
            let isAbove = if case .above = term.test { true } else { false }
            return candidates.filter { row in
                guard case .number(let value) = source.sortKey(at: Int(row), column: term.column ?? 0)
                else { return false }
                return (isAbove ? value > limit : value < limit) != term.isNegated
            }
        case .pattern(let pattern):
            guard let test = patterns?(pattern) else {
                isBad = true
                return []
            }
            return text.filter(candidates) { _, row in test(part(row)) != term.isNegated }
        }
    }

    private mutating func sortRows(_ source: some TableSource<ID>) {
        order = sort.map { RowOrder.sorted(source, by: $0) } ?? (0..<Int32(source.count)).map { $0 }
    }
}

/// By which column a table is sorted.
package struct TableSort: Sendable, Hashable {
    package var column: Int
    package var isDescending: Bool

    package init(column: Int, isDescending: Bool = false) {
        self.column = column
        self.isDescending = isDescending
    }
}

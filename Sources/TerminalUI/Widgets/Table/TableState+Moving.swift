/// What keys do to a table. The key map names these.
package enum TableMove: String, Sendable, Hashable, CaseIterable {
    case up, down, pageUp, pageDown, first, last
    /// Marks the row, or unmarks it, and goes to the next one.
    case mark
    /// Begins a range of marks, or marks from its beginning to the cursor.
    case markRange
    case invertMarks, clearMarks
}

extension TableState {
    package mutating func handle(_ move: TableMove, at now: Instant) {
        switch move {
        case .up: go(to: place - 1, at: now)
        case .down: go(to: place + 1, at: now)
        case .pageUp: turn(-page, at: now)
        case .pageDown: turn(page, at: now)
        case .first: go(to: 0, at: now)
        case .last: go(to: index.count - 1, at: now)
        case .mark: mark(at: now)
        case .markRange: markRange(at: now)
        case .invertMarks: invert()
        case .clearMarks:
            marks = []
            rangeStart = nil
        }
    }

    /// The wheel, or a click on a row: `row` counts from the top of the table's block, header included.
    package mutating func handle(_ mouse: MouseEvent, in rect: Rect, at now: Instant) {
        switch mouse.action {
        case .wheelUp: turn(-3, at: now)
        case .wheelDown: turn(3, at: now)
        case .press, .doublePress:
            guard rect.contains(mouse.point), mouse.point.row > rect.row else { return }
            go(to: top(rows: rect.height - 1) + mouse.point.row - rect.row - 1, at: now)
        case .release: break
        }
    }

    /// Selects a row by its id; one that is not shown leaves the cursor where it is.
    package mutating func select(_ id: ID, at now: Instant) {
        guard let place = index.place(of: id) else { return }
        go(to: place, at: now)
    }

    /// The first shown row on a screen with so many rows.
    package func top(rows: Int) -> Int {
        let line = min(max(0, line), max(0, rows - 1))
        return max(0, min(place - line, index.count - rows))
    }

    private mutating func go(to target: Int, at now: Instant) {
        followsTop = false
        heldUntil = now.adding(Self.holdTime)
        guard !index.isEmpty else { return }
        let top = top(rows: page)
        place = min(max(0, target), index.count - 1)
        selected = index.id(at: place)
        // The picture stays; it moves only as far as the cursor needs.
        line = min(max(0, place - top), page - 1)
    }

    /// Moves rows and cursor together, so that the cursor keeps its line.
    private mutating func turn(_ rows: Int, at now: Instant) {
        let line = place - top(rows: page)
        go(to: place + rows, at: now)
        self.line = min(line, place)
        // At either end the cursor goes the rest of the way.
        if place == 0 { self.line = 0 }
        if place == index.count - 1 { self.line = min(page - 1, place) }
    }

    private mutating func mark(at now: Instant) {
        guard let selected else { return }
        if marks.remove(selected) == nil { marks.insert(selected) }
        go(to: place + 1, at: now)
    }

    private mutating func markRange(at now: Instant) {
        guard let selected else { return }
        guard let start = rangeStart.flatMap({ index.place(of: $0) }) else {
            rangeStart = selected
            marks.insert(selected)
            return
        }
        for place in min(start, place)...max(start, place) { index.id(at: place).map { _ = marks.insert($0) } }
        rangeStart = nil
    }

    private mutating func invert() {
        for place in 0..<index.count {
            guard let id = index.id(at: place) else { continue }
            if marks.remove(id) == nil { marks.insert(id) }
        }
    }
}

/// The cheapest way to change one row: which cells are written, which are passed over, which are erased.
///
/// What has one look is one piece. From each border between two pieces it is known what the cheapest way to it has cost
/// and with which pen it was left, so the whole row takes one walk from left to right.
struct RowPlan {
    enum Step: Equatable {
        case write(Range<Int>)
        case pass(to: Int)
        /// Blanks, and on to their end.
        case erase(Range<Int>)
        /// Blanks after which nothing is to be done.
        case eraseLast(Range<Int>)
    }

    /// Neighbours of one look that are all to be treated alike.
    private struct Piece {
        var range: Range<Int>
        var pen: PenBook.Number
        var isBlank: Bool
        var isChanged: Bool
        var bytes: Int
    }

    /// The cheapest way to a border.
    private struct Way {
        var cost = Int.max
        var pen = PenBook.plain
        var from = 0
        var step = Step.pass(to: 0)
    }

    private let pieces: [Piece]

    /// - Parameters:
    ///   - old, new: the row's cells, of which all are simple.
    init(old: ArraySlice<TerminalGrid.Cell>, new: ArraySlice<TerminalGrid.Cell>, book: borrowing PenBook) {
        let (first, before) = (new.startIndex, old.startIndex)
        var pieces: [Piece] = []
        pieces.reserveCapacity(48)
        for column in 0..<new.count {
            let cell = new[first + column]
            let isBlank = cell.glyph == 0x20 && book.isGround(cell.pen)
            let isChanged = old[before + column] != cell
            let bytes = cell.glyph < 0x80 ? 1 : cell.glyph < 0x800 ? 2 : 3
            if let last = pieces.last, last.pen == cell.pen, last.isBlank == isBlank, last.isChanged == isChanged {
                pieces[pieces.count - 1].range = last.range.lowerBound..<column + 1
                pieces[pieces.count - 1].bytes += bytes
            } else {
                pieces.append(
                    Piece(
                        range: column..<column + 1, pen: cell.pen, isBlank: isBlank, isChanged: isChanged, bytes: bytes)
                )
            }
        }
        self.pieces = pieces
    }

    /// The pens of which something is to be written.
    var pens: [PenBook.Number] { pieces.compactMap { $0.isChanged && !$0.isBlank ? $0.pen : nil } }

    /// How its blanks look, if all that change look alike.
    var ground: PenBook.Number { pieces.first { $0.isBlank && $0.isChanged }?.pen ?? PenBook.plain }

    /// The columns that are made blank at once with less than what their blanks take one by one, as far as can be told
    /// beforehand; nil where that gains nothing.
    func worthWiping(_ erasing: Erasing, _ book: borrowing PenBook) -> Range<Int>? {
        guard let first = pieces.firstIndex(where: \.isChanged), let last = pieces.lastIndex(where: \.isChanged) else {
            return nil
        }
        let isBlankToTheEnd = pieces[(last + 1)...].allSatisfy { $0.isBlank && $0.pen == ground }
        guard erasing.can(book[ground]), erasing.characters || isBlankToTheEnd else { return nil }
        var gain = isBlankToTheEnd ? -3 : -5
        for piece in pieces[first...last] {
            if piece.isBlank {
                guard piece.pen == ground else { return nil }
                if piece.isChanged { gain += min(piece.range.count, 8) }
            } else if !piece.isChanged {
                gain -= piece.bytes + 5
            }
        }
        let end = pieces[isBlankToTheEnd ? pieces.count - 1 : last].range.upperBound
        return gain > 0 ? pieces[first].range.lowerBound..<end : nil
    }

    /// What is painted at a time.
    enum Layer {
        /// Blanks, and all but the pens that come later.
        case all(but: [PenBook.Number])
        case only(PenBook.Number)
    }

    /// Where a layer begins, and the steps from there; nil where nothing of it is to be done.
    func steps(
        of layer: Layer, from pen: PenBook.Number, book: inout PenBook, _ erasing: Erasing
    ) -> (column: Int, steps: [Step])? {
        func isOurs(_ piece: Piece) -> Bool {
            switch layer {
            case .all(let late): piece.isBlank || !late.contains(piece.pen)
            case .only(let pen): piece.isBlank || piece.pen == pen
            }
        }
        func isDue(_ piece: Piece) -> Bool {
            switch layer {
            case .all(let late): piece.isChanged && (piece.isBlank || !late.contains(piece.pen))
            case .only(let pen): piece.isChanged && !piece.isBlank && piece.pen == pen
            }
        }
        guard let first = pieces.firstIndex(where: isDue), let last = pieces.lastIndex(where: isDue) else {
            return nil
        }
        let end = pieces[pieces.count - 1].range.upperBound
        var ways = Array(repeating: Way(), count: last + 2)
        ways[first] = Way(cost: 0, pen: pen)
        func offer(_ way: Way, at border: Int) {
            if way.cost < ways[border].cost { ways[border] = way }
        }
        for border in first...last where ways[border].cost < Int.max {
            let (way, piece) = (ways[border], pieces[border])
            if isOurs(piece) {
                let pen = piece.isBlank ? book.blanking(way.pen, as: piece.pen) : piece.pen
                let cost = way.cost + book.cost(from: way.pen, to: pen) + piece.bytes
                offer(Way(cost: cost, pen: pen, from: border, step: .write(piece.range)), at: border + 1)
            }
            if !isDue(piece) {
                var next = border + 1
                while next <= last, !isDue(pieces[next]) {
                    // Anywhere between: what follows may be cheaper to write than to pass.
                    offer(pass(way, border, to: next), at: next)
                    next += 1
                }
                offer(pass(way, border, to: next), at: next)
            }
            if piece.isBlank, erasing.can(book[piece.pen]) {
                let pen = book.blanking(way.pen, as: piece.pen)
                let cost = way.cost + book.cost(from: way.pen, to: pen)
                var next = border
                while next <= last, pieces[next].isBlank, pieces[next].pen == piece.pen { next += 1 }
                let range = piece.range.lowerBound..<pieces[next - 1].range.upperBound
                if next > last {
                    // What is blank already behind the last change may be erased with it.
                    var tail = range.upperBound
                    for rest in pieces[next...] {
                        guard rest.isBlank, rest.pen == piece.pen else { break }
                        tail = rest.range.upperBound
                    }
                    let whole = tail == end ? range.lowerBound..<end : range
                    if tail == end || erasing.characters {
                        let bytes = tail == end ? 3 : 3 + CursorMove.digits(range.count)
                        offer(
                            Way(cost: cost + bytes, pen: pen, from: border, step: .eraseLast(whole)), at: last + 1)
                    }
                } else if erasing.characters {
                    let bytes = 3 + CursorMove.digits(range.count)
                    let move = CursorMove.cost(from: range.lowerBound, to: range.upperBound)
                    offer(Way(cost: cost + bytes + move, pen: pen, from: border, step: .erase(range)), at: next)
                }
            }
        }
        var steps: [Step] = []
        var border = last + 1
        while border > first {
            steps.append(ways[border].step)
            border = ways[border].from
        }
        return (pieces[first].range.lowerBound, steps.reversed())
    }

    private func pass(_ way: Way, _ border: Int, to next: Int) -> Way {
        let (start, end) = (pieces[border].range.lowerBound, pieces[next].range.lowerBound)
        return Way(
            cost: way.cost + CursorMove.cost(from: start, to: end), pen: way.pen, from: border, step: .pass(to: end))
    }

    /// What a terminal has words for.
    struct Erasing {
        /// `ech`: characters within a row.
        var characters: Bool
        /// `bce`: what is erased takes the background of the pen.
        var background: Bool

        func can(_ pen: Pen) -> Bool { background || pen == .plain }
    }
}

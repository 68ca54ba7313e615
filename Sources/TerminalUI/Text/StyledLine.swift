/// A line in pieces of different style, as a table cell or a diff line is.
package struct StyledLine: Sendable, Hashable {
    package struct Piece: Sendable, Hashable {
        package var text: TerminalText
        package var style: CellStyle

        package init(_ text: TerminalText, _ style: CellStyle) {
            self.text = text
            self.style = style
        }
    }

    package private(set) var pieces: [Piece]

    package init(_ pieces: [Piece] = []) { self.pieces = pieces.filter { !$0.text.isEmpty } }

    package init(_ text: TerminalText, _ style: CellStyle = .plain) { self.init([Piece(text, style)]) }

    package init(_ text: TerminalText, _ ink: Role, _ emphasis: Emphasis = []) {
        self.init(text, CellStyle(ink, emphasis))
    }

    package var width: Int { pieces.reduce(0) { $0 + $1.text.width } }
    package var isEmpty: Bool { pieces.isEmpty }
    /// All of it without style.
    package var text: TerminalText { pieces.map(\.text).joined() }

    package mutating func append(_ text: TerminalText, _ style: CellStyle) {
        if !text.isEmpty { pieces.append(Piece(text, style)) }
    }

    package mutating func append(_ text: TerminalText, _ ink: Role = .text, _ emphasis: Emphasis = []) {
        append(text, CellStyle(ink, emphasis))
    }

    package static func + (left: StyledLine, right: StyledLine) -> StyledLine {
        StyledLine(left.pieces + right.pieces)
    }

    /// At most `columns` wide, with an ellipsis in the style of the piece beside it.
    package func truncated(to columns: Int, at place: Truncation = .end) -> StyledLine {
        if width <= columns { return self }
        if columns <= 0 { return StyledLine() }
        let room = columns - 1
        let head = place == .end ? room : place == .start ? 0 : (room + 1) / 2
        var result = prefix(head)
        let tail = suffix(room - result.width)
        let beside = (place == .start ? tail.pieces.first : result.pieces.last) ?? pieces.first
        result.append(TerminalText.ellipsis, beside?.style ?? .plain)
        return place == .end ? result : result + tail
    }

    /// The widest beginning that fits.
    package func prefix(_ columns: Int) -> StyledLine {
        var result = StyledLine()
        var room = columns
        for piece in pieces where room > 0 {
            let head = piece.text.prefix(room)
            result.append(head, piece.style)
            room = head.width < piece.text.width ? 0 : room - head.width
        }
        return result
    }

    /// The widest end that fits.
    package func suffix(_ columns: Int) -> StyledLine {
        var kept: [Piece] = []
        var room = columns
        for piece in pieces.reversed() where room > 0 {
            let tail = piece.text.suffix(room)
            kept.append(Piece(tail, piece.style))
            room = tail.width < piece.text.width ? 0 : room - tail.width
        }
        return StyledLine(kept.reversed())
    }

    /// The same text on another ground.
    package func on(_ ground: Role) -> StyledLine {
        StyledLine(pieces.map { Piece($0.text, $0.style.on(ground)) })
    }

    /// The same text with one ink in place of another.
    package func replacing(_ ink: Role, by other: Role) -> StyledLine {
        StyledLine(
            pieces.map { piece in
                let style = CellStyle(other, on: piece.style.ground, piece.style.emphasis)
                return piece.style.ink == ink ? Piece(piece.text, style) : piece
            })
    }

    /// The same text with more attributes.
    package func with(_ emphasis: Emphasis) -> StyledLine {
        StyledLine(pieces.map { Piece($0.text, $0.style.with(emphasis)) })
    }
}

/// A literal is a plain line: `["name", "state \(3)"]` is a row's cells.
extension StyledLine: ExpressibleByStringInterpolation {
    package init(stringLiteral value: StaticString) { self.init(TerminalText(value)) }
    package init(stringInterpolation: TerminalText.Pieces) { self.init(stringInterpolation.text) }
}

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

    /// At most `columns` wide, with an ellipsis in the style of the piece that it cuts.
    package func truncated(to columns: Int) -> StyledLine {
        if width <= columns { return self }
        var result = StyledLine()
        var room = columns
        for piece in pieces {
            if piece.text.width >= room {
                // The ellipsis has to be there even when this piece just fits, for more follows.
                let head = piece.text.prefix(max(0, room - 1))
                if room > 0 { result.append(head + TerminalText.ellipsis, piece.style) }
                break
            }
            result.append(piece.text, piece.style)
            room -= piece.text.width
        }
        return result
    }

    /// The same text on another ground.
    package func on(_ ground: Role) -> StyledLine {
        StyledLine(pieces.map { Piece($0.text, $0.style.on(ground)) })
    }

    /// The same text with more attributes.
    package func with(_ emphasis: Emphasis) -> StyledLine {
        StyledLine(pieces.map { Piece($0.text, $0.style.with(emphasis)) })
    }
}

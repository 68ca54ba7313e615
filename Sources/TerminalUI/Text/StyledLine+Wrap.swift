extension StyledLine {
    /// The line on as many lines as it needs, broken at blanks where there are some: what is reviewed is never cut off.
    ///
    /// - Parameter indent: columns by which the second and later ones stand in.
    package func wrapped(to columns: Int, indent: Int = 0) -> [StyledLine] {
        guard columns > 8, width > columns else { return [self] }
        let indent = min(indent, columns / 2)
        var rest = self
        var lines: [StyledLine] = []
        while rest.width > 0 {
            let room = lines.isEmpty ? columns : columns - indent
            var head = rest.text.prefix(room)
            if rest.width > room, let blank = head.string.lastIndex(of: " "), blank > head.string.startIndex {
                let beforeBlank = TerminalText(
                    clean: String(head.string[...blank]), width: TerminalText.width(of: head.string[...blank]))
                // A break very early would waste the line.
                if beforeBlank.width * 3 > room { head = beforeBlank }
            }
            guard head.width > 0 else { break }
            let (line, tail) = rest.split(at: head.width)
            lines.append(lines.isEmpty ? line : StyledLine(.blanks(indent), .text) + line)
            rest = tail
        }
        return lines
    }

    private func split(at columns: Int) -> (StyledLine, StyledLine) {
        var (head, tail) = (StyledLine(), StyledLine())
        var room = columns
        for piece in pieces {
            if room <= 0 {
                tail.append(piece.text, piece.style)
            } else if piece.text.width <= room {
                head.append(piece.text, piece.style)
                room -= piece.text.width
            } else {
                let part = piece.text.prefix(room)
                head.append(part, piece.style)
                tail.append(piece.text.dropping(part.width), piece.style)
                room = 0
            }
        }
        return (head, tail)
    }
}

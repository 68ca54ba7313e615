/// Marks what a filter found in a cell.
enum Highlighter {
    static func mark(_ line: StyledLine, _ words: [(column: Int?, word: [UInt8])], column: Int) -> StyledLine {
        let words = words.filter { $0.column == nil || $0.column == column }.map(\.word).filter { !$0.isEmpty }
        if words.isEmpty || line.isEmpty { return line }
        let scalars = Array(line.text.string.unicodeScalars)
        let folded = scalars.map(Folding.fold)
        var isMatch = [Bool](repeating: false, count: scalars.count)
        for word in words {
            let needle = Array(String(decoding: word, as: UTF8.self).unicodeScalars)
            guard !needle.isEmpty, needle.count <= folded.count else { continue }
            for start in 0...folded.count - needle.count
            where folded[start..<start + needle.count].elementsEqual(needle) {
                for place in start..<start + needle.count { isMatch[place] = true }
            }
        }
        // A mark is drawn with the letter before it, so it is found with it too.
        for place in scalars.indices.dropFirst() where TextWidth.of(scalars[place]) == 0 {
            isMatch[place] = isMatch[place - 1]
        }
        guard isMatch.contains(true) else { return line }
        var result = StyledLine()
        var place = 0
        for piece in line.pieces {
            var rest = piece.text
            var left = rest.string.unicodeScalars.count
            while left > 0 {
                var run = 1
                while run < left, isMatch[place + run] == isMatch[place] { run += 1 }
                let (head, tail) = rest.split(scalars: run)
                result.append(
                    head, isMatch[place] ? CellStyle(.match, on: piece.style.ground, piece.style.emphasis) : piece.style
                )
                place += run
                left -= run
                rest = tail
            }
        }
        return result
    }
}

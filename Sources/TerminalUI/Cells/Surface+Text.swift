/// A surface as people read it in a golden file.
extension Surface {
    /// The characters of one row; blanks at its end are kept out.
    package func text(row: Int) -> String {
        var line = self.row(row).map(\.glyph.text).joined()
        while line.last == " " { line.removeLast() }
        return line
    }

    /// All rows, without blanks at their ends.
    package var text: String { (0..<size.rows).map { text(row: $0) + "\n" }.joined() }

    /// Where the style is not plain: `row 3: 0-4 status.ok+bold`, columns counted from 0, the last one included.
    package var legend: String {
        var lines: [String] = []
        for row in 0..<size.rows {
            let cells = Array(self.row(row))
            var runs: [String] = []
            var start = 0
            while start < cells.count {
                var end = start
                while end + 1 < cells.count, cells[end + 1].style == cells[start].style { end += 1 }
                if cells[start].style != .plain { runs.append("\(start)-\(end) \(cells[start].style.description)") }
                start = end + 1
            }
            if !runs.isEmpty { lines.append("row \(row): " + runs.joined(separator: ", ")) }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// What a golden file holds: the text, a rule, the legend of styles.
    package var screen: String { text + "----\n" + legend }
}

/// Lays out a listing: aligned columns, cut to the width of a terminal where there is one.
struct Table {
    struct Piece: Hashable {
        var text: SafeText
        var style: Style
    }

    /// A cell never becomes narrower than this.
    private static let narrowest = 8
    private static let gap: SafeText = "  "

    let columns: [Listing.Column]
    let rows: [[Piece]]
    /// Columns of the terminal; nil: as wide as need be.
    let width: Int?

    /// Lines without line ends; no blanks at their ends.
    var lines: [[Piece]] {
        let header = columns.map { Piece(text: $0.title, style: .dim) }
        let all = [header] + rows
        var widths = columns.indices.map { column in
            all.map { column < $0.count ? $0[column].text.width : 0 }.max() ?? 0
        }
        if let width { Self.fit(&widths, columns, into: width) }
        return all.map { row in
            row.enumerated().map { index, piece in
                let isLast = index == row.count - 1
                var text = piece.text.truncated(to: widths[index])
                if columns[index].right {
                    text = text.padded(to: widths[index], right: true)
                } else if !isLast {
                    text = text.padded(to: widths[index])
                }
                return Piece(text: isLast ? text : text + Self.gap, style: piece.style)
            }
        }
    }

    /// Takes from the widest flexible column, one by one, until it fits or none can give.
    private static func fit(_ widths: inout [Int], _ columns: [Listing.Column], into width: Int) {
        var excess = widths.reduce(0, +) + max(0, widths.count - 1) * 2 - width
        while excess > 0 {
            let candidates = widths.indices.filter { columns[$0].flexible && widths[$0] > narrowest }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { return }
            widths[widest] -= 1
            excess -= 1
        }
    }
}

internal import EdgeModel

/// What goes into a list and what leaves it, a line an item.
enum ListChangeText {
    /// More are counted only; `--output json` has all.
    private static let most = 50

    static func pieces(_ change: ListChange) -> [Output.Piece] {
        var pieces: [Output.Piece] = []
        if let kind = change.before == nil ? change.after?.kind : nil {
            pieces.append(Output.Piece("  holds \(kind.rawValue)"))
        }
        if let before = change.before, let after = change.after, before.description != after.description {
            pieces.append(Output.Piece("  - description: \(before.description)", .bad))
            pieces.append(Output.Piece("  + description: \(after.description)", .good))
        }
        let kind = (change.after ?? change.before)?.kind ?? .text
        return pieces + lines(kind.sorted(change.removed), "  - ", .bad)
            + lines(kind.sorted(change.added), "  + ", .good)
    }

    private static func lines(_ items: [ListItem], _ mark: SafeText, _ style: Style) -> [Output.Piece] {
        let shown = items.prefix(most).map { item in
            Output.Piece(mark + SafeText(item.value) + SafeText(item.comment.map { "  # \($0)" } ?? ""), style)
        }
        let rest = items.count - shown.count
        return shown + (rest > 0 ? [Output.Piece(mark + "… and \(rest) more", style)] : [])
    }
}

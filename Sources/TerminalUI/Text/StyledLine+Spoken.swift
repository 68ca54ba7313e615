extension StyledLine {
    /// As it is read aloud: a sign that stands alone is said as the state that it stands for, and not at all when it
    /// stands for none. Readers call `✗` by the name of the character, or pass over it.
    package var spoken: TerminalText {
        guard pieces.count == 1, let piece = pieces.first, piece.text.width == 1,
            let sign = piece.text.string.unicodeScalars.first, Self.signs.contains(sign.properties.generalCategory)
        else { return text }
        return piece.style.ink.state ?? .empty
    }

    private static let signs: [Unicode.GeneralCategory] = [.otherSymbol, .mathSymbol, .otherPunctuation]
}

extension Role {
    /// The state that a role shows, in a word; nil: it shows none.
    fileprivate var state: TerminalText? {
        switch self {
        case .statusOk: "well"
        case .statusProgress: "under way"
        case .statusWarn: "warning"
        case .statusBad: "failing"
        case .statusUnknown: "unknown"
        case .statusPaused: "paused"
        case .statusRetired: "retired"
        case .statusStale: "stale"
        default: nil
        }
    }
}

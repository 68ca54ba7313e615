/// Keys pressed one after the other: `g a`, `Ctrl-P`.
package struct KeySequence: Sendable, Hashable {
    /// Never empty.
    package let presses: [KeyPress]

    /// Words with blanks between them; nil when one is no key, or there is none.
    package init?(_ text: some StringProtocol) {
        let words = text.split(separator: " ")
        let presses = words.compactMap { KeyPress($0) }
        guard !presses.isEmpty, presses.count == words.count else { return nil }
        self.presses = presses
    }

    package var name: String { presses.map(\.name).joined(separator: " ") }

    /// Whether the other begins with this one and goes on.
    func isPrefix(of other: KeySequence) -> Bool {
        presses.count < other.presses.count && other.presses.starts(with: presses)
    }
}

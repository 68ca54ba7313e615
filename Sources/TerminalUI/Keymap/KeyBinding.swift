/// What a key map binds keys to: the console's commands, by names that people write in their own key map.
package protocol KeyAction: RawRepresentable<String>, Hashable, Sendable {}

/// Where a key means something: a screen, a pane, or everywhere.
package struct KeyContext: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
    package init(stringLiteral value: String) { rawValue = value }

    /// In every context, after the context's own keys.
    package static let everywhere: KeyContext = "everywhere"
}

/// One row of the key map.
package struct KeyBinding<Action: KeyAction>: Sendable, Hashable {
    package var action: Action
    package var context: KeyContext
    /// All do the same; the first is the one that is shown.
    package var sequences: [KeySequence]
    /// What it does, for help and manual: "roll back to the version before".
    package var title: TerminalText
    /// The heading it stands under in help and manual.
    package var group: TerminalText
    /// It takes a key from ``KeyContext/everywhere`` on purpose.
    package var replaces: Bool

    /// - Parameter keys: sequences with commas between them, such as `"Up, k"`.
    ///   Words that are no keys are told by ``Keymap/problems``.
    package init(
        _ action: Action, _ keys: String, in context: KeyContext = .everywhere, _ title: TerminalText,
        group: TerminalText = .empty, replaces: Bool = false
    ) {
        self.action = action
        self.context = context
        self.title = title
        self.group = group
        self.replaces = replaces
        let words = keys.split(separator: ",").map { String($0) }
        sequences = words.compactMap { KeySequence($0) }
        unreadable = words.filter { KeySequence($0) == nil }
    }

    let unreadable: [String]

    /// The keys as people read them: `Up k`.
    package var keys: TerminalText {
        sequences.map { TerminalText(untrusted: $0.name) }.joined(separator: "  ")
    }
}

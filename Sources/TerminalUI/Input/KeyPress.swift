/// A key of the keyboard as a terminal tells it.
package enum Key: Sendable, Hashable {
    /// A key that types something; upper case as typed. With control: the lower-case letter.
    case character(Unicode.Scalar)
    case enter, escape, tab, backspace, delete, insert
    case up, down, left, right, home, end, pageUp, pageDown
    /// F1 is 1.
    case function(Int)
}

package struct KeyModifiers: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let control = KeyModifiers(rawValue: 1)
    package static let alt = KeyModifiers(rawValue: 2)
    /// Only where the key does not say it: `Shift-Tab`, never with a character.
    package static let shift = KeyModifiers(rawValue: 4)
}

/// One press: `g`, `Ctrl-P`, `Shift-Tab`, `F5`.
package struct KeyPress: Sendable, Hashable {
    package var key: Key
    package var modifiers: KeyModifiers

    package init(_ key: Key, _ modifiers: KeyModifiers = []) {
        self.key = key
        self.modifiers = modifiers
    }

    package static func character(_ scalar: Unicode.Scalar) -> KeyPress { KeyPress(.character(scalar)) }

    /// What it types into a field; nil for a key that does not type.
    package var typed: Unicode.Scalar? {
        guard case .character(let scalar) = key, modifiers.isDisjoint(with: [.control, .alt]) else { return nil }
        return scalar
    }

    /// A press from the word that key maps use: `g`, `G`, `Space`, `Ctrl-P`, `Alt-Enter`, `F5`. Nil for any other word.
    package init?(_ word: some StringProtocol) {
        var rest = Substring(word)
        var modifiers: KeyModifiers = []
        for (prefix, modifier) in Self.prefixes {
            // A prefix alone is a character or nothing: `-` is a key.
            while rest.count > prefix.count, rest.hasPrefix(prefix) {
                modifiers.insert(modifier)
                rest = rest.dropFirst(prefix.count)
            }
        }
        if let key = Self.named.first(where: { $0.name == rest })?.key {
            self.init(key, modifiers)
        } else if rest.first == "F", let number = Int(rest.dropFirst()), (1...24).contains(number) {
            self.init(.function(number), modifiers)
        } else if rest.unicodeScalars.count == 1, let scalar = rest.unicodeScalars.first, scalar.value > 0x20,
            !modifiers.contains(.shift)
        {
            let lower = modifiers.contains(.control) ? scalar.properties.lowercaseMapping.unicodeScalars.first : nil
            self.init(.character(lower ?? scalar), modifiers)
        } else {
            return nil
        }
    }

    /// The word for it, which ``init(_:)-(StringProtocol)`` reads.
    package var name: String {
        var result = ""
        for (prefix, modifier) in Self.prefixes where modifiers.contains(modifier) { result += prefix }
        switch key {
        case .function(let number): return result + "F\(number)"
        case .character(let scalar) where scalar != " ":
            return result + (modifiers.contains(.control) ? scalar.properties.uppercaseMapping : String(scalar))
        default: return result + (Self.named.first { $0.key == key }?.name ?? "?")
        }
    }

    /// In the order in which they are written.
    private static let prefixes: [(String, KeyModifiers)] = [
        ("Ctrl-", .control), ("Alt-", .alt), ("Shift-", .shift),
    ]

    private static let named: [(name: String, key: Key)] = [
        ("Space", .character(" ")), ("Enter", .enter), ("Esc", .escape), ("Tab", .tab), ("Backspace", .backspace),
        ("Delete", .delete), ("Insert", .insert), ("Up", .up), ("Down", .down), ("Left", .left), ("Right", .right),
        ("Home", .home), ("End", .end), ("PgUp", .pageUp), ("PgDn", .pageDown),
    ]
}

package import TerminalUI

/// What terminfo says about a terminal.
package struct TerminalFacts: Sendable, Hashable {
    /// 0 for none.
    package var colors: Int
    /// Colour numbers are 0xRRGGBB.
    package var hasDirectColor: Bool
    /// The cursor can be placed.
    package var isAddressable: Bool

    package init(colors: Int, hasDirectColor: Bool = false, isAddressable: Bool = true) {
        self.colors = colors
        self.hasDirectColor = hasDirectColor
        self.isAddressable = isAddressable
    }
}

/// Which terminfo entry to use and how many colours, from the environment and from what this machine knows.
package struct TerminalChoice: Sendable, Hashable {
    /// The entry to open; `TERM` itself stays as it is.
    package let entry: String
    package let facts: TerminalFacts
    package let depth: ColorDepth

    /// - Parameter describe: nil for a terminal without terminfo entry.
    package init(
        environment: [String: String], describe: (String) -> TerminalFacts?
    ) throws(TerminalOpenFailure) {
        guard let name = environment["TERM"], !name.isEmpty else { throw .unnamed }
        guard name != "dumb" else { throw .dumb(name) }
        guard let facts = describe(name) else { throw .unknown(name) }
        guard facts.isAddressable else { throw .dumb(name) }
        // https://no-color.org: set and not empty.
        if environment["NO_COLOR"].map({ !$0.isEmpty }) ?? false {
            self.init(entry: name, facts: facts, depth: .mono)
            return
        }
        if !facts.hasDirectColor, ["truecolor", "24bit"].contains(environment["COLORTERM"] ?? "") {
            // Only with an entry that says how: colours forced through another garble the screen.
            for entry in Self.directEntries(of: name) {
                if let direct = describe(entry), direct.hasDirectColor, direct.isAddressable {
                    self.init(entry: entry, facts: direct, depth: .direct)
                    return
                }
            }
        }
        self.init(entry: name, facts: facts, depth: Self.depth(of: facts))
    }

    private init(entry: String, facts: TerminalFacts, depth: ColorDepth) {
        self.entry = entry
        self.facts = facts
        self.depth = depth
    }

    private static func depth(of facts: TerminalFacts) -> ColorDepth {
        if facts.hasDirectColor && facts.colors > 256 { return .direct }
        if facts.colors >= 256 { return .indexed256 }
        return facts.colors >= 8 ? .sixteen : .mono
    }

    /// `tmux-256color` → `tmux-direct`. Never another family's: keys and modes would be wrong.
    private static func directEntries(of name: String) -> [String] {
        if name.hasSuffix("-direct") { return [] }
        let suffix = ["-256color", "-color", "-16color"].first { name.hasSuffix($0) }
        return [String(name.dropLast(suffix?.count ?? 0)) + "-direct"]
    }

    /// Whether text may be UTF-8: only a locale that names another character set says no. Without a locale (`C`, `POSIX`,
    /// none, as over a bare ssh) a terminal of today takes UTF-8 all the same.
    package static func isUnicode(environment: [String: String]) -> Bool {
        let names = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }
        guard let locale = names.first(where: { !$0.isEmpty }), let point = locale.firstIndex(of: ".") else {
            return true
        }
        let charset = locale[locale.index(after: point)...].prefix { $0 != "@" }.lowercased()
        return charset == "utf-8" || charset == "utf8"
    }
}

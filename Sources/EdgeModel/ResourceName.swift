/// Name of a resource: `[a-z0-9-]`, 1...63 characters, not digits only, not a reserved word, no hyphen at an end.
package struct ResourceName: CheckedName {
    package let rawValue: String

    /// Words that stand for something else where a name is expected.
    package static let reserved: Set<String> = [
        "latest", "draft", "all", "none", "zone", "app", "version", "rule", "rules", "env", "staging-address", "plan",
        "promote",
        "rollback", "undo", "history", "audit", "trace", "node", "serve", "status", "doctor", "config", "completions",
        "console", "init", "help", "state",
    ]

    /// Case-folds ASCII, then checks. nil when the text cannot be a name; `problem(with:)` says why.
    package init?(rawValue text: String) {
        let folded = Self.folded(text)
        guard Self.problem(with: folded) == nil else { return nil }
        rawValue = folded
    }

    /// Why a text cannot be a name, for people; nil when it can.
    package static func problem(with text: String) -> String? {
        let bytes = Array(text.utf8)
        if bytes.isEmpty { return "a name cannot be empty" }
        if bytes.count > 63 { return "a name has at most 63 characters" }
        let allowed = bytes.allSatisfy {
            (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0) || $0 == 45
        }
        if !allowed { return "a name has only letters a-z, digits and hyphens" }
        if bytes.first == 45 || bytes.last == 45 { return "a name cannot begin or end with a hyphen" }
        if bytes.allSatisfy({ (48...57).contains($0) }) { return "a name cannot be digits only" }
        if reserved.contains(text.lowercased()) { return "'\(text)' is a reserved word" }
        return nil
    }

    package var description: String { rawValue }
}

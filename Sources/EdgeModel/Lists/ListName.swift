/// Name of a list: `[a-z0-9_]`, 1...50 characters, what stands after the `$` in expressions. The language also knows
/// names with dots: those are lists that others keep, and this account has none of them.
package struct ListName: CheckedName {
    package let rawValue: String

    /// Case-folds ASCII and forgives one leading `$`, then checks. nil when the text cannot be a name;
    /// `problem(with:)` says why.
    package init?(rawValue text: String) {
        let folded = Self.folded(text.hasPrefix("$") ? text.dropFirst() : text[...])
        guard Self.problem(with: folded) == nil else { return nil }
        rawValue = folded
    }

    /// Why a text cannot be a name, for people; nil when it can.
    package static func problem(with text: String) -> String? {
        let bytes = Array(text.utf8)
        if bytes.isEmpty { return "a list's name cannot be empty" }
        if bytes.count > 50 { return "a list's name has at most 50 characters" }
        let allowed = bytes.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
        return allowed ? nil : "a list's name has only letters a-z, digits and underscores"
    }

    /// As it stands in expressions: `$office`.
    package var description: String { "$" + rawValue }
}

/// Name of a list: `[a-z0-9_]`, 1...50 characters, what stands after the `$` in expressions. The language also knows
/// names with dots: those are lists that others keep, and this account has none of them.
package struct ListName: RawRepresentable, Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: String

    /// Case-folds ASCII and forgives one leading `$`, then checks. nil when the text cannot be a name;
    /// `problem(with:)` says why.
    package init?(rawValue text: String) {
        let bare = text.hasPrefix("$") ? text.dropFirst() : text[...]
        let folded = String(decoding: bare.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
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
    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let name = ListName(rawValue: text) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: Self.problem(with: text) ?? "'\(text)' is no list name"))
        }
        self = name
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

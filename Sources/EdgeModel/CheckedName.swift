/// A name that can only be made from a text that may be one. In files and answers it is its text; read back, it is checked
/// again.
package protocol CheckedName: RawRepresentable, Hashable, Comparable, Sendable, Codable, CustomStringConvertible
where RawValue == String {
    /// Why a text cannot be a name, for people; nil when it can.
    static func problem(with text: String) -> String?
}

extension CheckedName {
    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    /// - Throws: `DecodingError.dataCorrupted` with what is wrong with the text.
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let name = Self(rawValue: text) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: Self.problem(with: text) ?? "'\(text)' cannot be a name"))
        }
        self = name
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    /// Capital letters of ASCII made small, all else as it is.
    static func folded(_ text: some StringProtocol) -> String {
        String(decoding: text.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
    }
}

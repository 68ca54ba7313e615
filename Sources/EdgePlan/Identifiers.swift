/// Number of the account that owns the zones; the left half of an account:config pair such as `777:123`.
package struct AccountID: RawRepresentable, Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    package var rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    package var description: String { String(rawValue) }
    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Number of an immutable configuration: a zone's own, or one version of an application. Never reused.
package struct ConfigurationID: RawRepresentable, Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    package var rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    package var description: String { String(rawValue) }
    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// SHA-256 of canonical bytes, in lower-case hexadecimal (64 characters). Computed outside this target, compared inside.
package struct Digest: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: String

    /// - Returns: nil unless the text is exactly 64 lower-case hexadecimal digits.
    package init?(rawValue: String) {
        guard rawValue.utf8.count == 64,
            rawValue.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else { return nil }
        self.rawValue = rawValue
    }

    /// The 32 bytes of a finished hash.
    package init(bytes: some Sequence<UInt8>) {
        let hexadecimal = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(hexadecimal[Int(byte >> 4)])
            text.append(hexadecimal[Int(byte & 15)])
        }
        self.rawValue = String(decoding: text, as: UTF8.self)
    }

    /// The first twelve digits: what people are shown.
    package var short: String { String(rawValue.prefix(12)) }
    package var description: String { rawValue }
}

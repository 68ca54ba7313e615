/// The character classes that requests are checked against.
enum WebText {
    /// A token of RFC 9110 §5.6.2, not empty.
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty && all(text, isTokenByte)
    }

    /// Letters, digits and ``!#$%&'*+-.^_`|~``, a bit each: every byte of every header name is asked about.
    static func isTokenByte(_ byte: UInt8) -> Bool {
        let half: UInt64 = byte < 64 ? 0x03FF_6CFA_0000_0000 : byte < 128 ? 0x57FF_FFFF_C7FF_FFFE : 0
        return half >> (byte & 63) & 1 == 1
    }

    /// Whether every byte passes; over the bytes where they lie, which the text's own iterator does not do.
    @inline(__always)
    static func all(_ text: String, _ passes: (UInt8) -> Bool) -> Bool {
        text.utf8.withContiguousStorageIfAvailable { $0.allSatisfy(passes) } ?? text.utf8.allSatisfy(passes)
    }

    /// Whether two texts are the same but for the case of ASCII letters.
    static func isSame(_ one: String, _ other: String) -> Bool {
        one.utf8.count == other.utf8.count && zip(one.utf8, other.utf8).allSatisfy { lowered($0) == lowered($1) }
    }

    private static func lowered(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    /// Bytes that may stand inside a field value (RFC 9110 §5.5): everything visible, space, tab, and bytes above ASCII.
    static func isFieldByte(_ byte: UInt8) -> Bool {
        byte == 0x09 || (byte >= 0x20 && byte != 0x7F)
    }

    /// Visible ASCII without the space: what may stand in a URL as it is sent.
    static func isVisible(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A)
    }

    static func isHex(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66)
    }

    /// A port number written in digits, 1 to 65535.
    static func port(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 5, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let value = Int(text), (1...65535).contains(value)
        else { return nil }
        return value
    }

    /// Dotted decimal with four parts and no leading zeros (some resolvers read those as octal).
    static func isIPv4(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
                    part.utf8.count == 1 || part.utf8.first != 0x30, let value = Int(part)
                else { return false }
                return value <= 255
            }
    }

    /// RFC 4291 §2.2 text, without a zone.
    static func isIPv6(_ text: some StringProtocol) -> Bool {
        var groups = String(text).split(separator: ":" as Character, omittingEmptySubsequences: false)
        guard groups.count >= 3, groups.count <= 9 else { return false }
        // "::" at either end yields two empty pieces there; drop one, so that every gap is one empty piece.
        if groups[0].isEmpty {
            guard groups[1].isEmpty else { return false }
            groups.removeFirst()
        }
        if groups.count > 1, groups[groups.count - 1].isEmpty {
            guard groups[groups.count - 2].isEmpty else { return false }
            groups.removeLast()
        }
        let gaps = groups.count { $0.isEmpty }
        var words = 0
        for (index, group) in groups.enumerated() where !group.isEmpty {
            if group.contains(".") {
                guard index == groups.count - 1, isIPv4(group) else { return false }
                words += 2
            } else {
                guard group.utf8.count <= 4, group.utf8.allSatisfy(isHex) else { return false }
                words += 1
            }
        }
        return gaps == 0 ? words == 8 : gaps == 1 && words <= 7
    }

    /// Letters, digits, dots, hyphens and underscores: a name in the form that DNS and TLS see.
    static func isHostName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.count <= 255 && text.utf8.first != UInt8(ascii: "-")
            && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }
    }
}

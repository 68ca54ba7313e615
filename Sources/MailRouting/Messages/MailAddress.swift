internal import EdgeModel

/// A mail address of RFC 5321: a local part as it is meant (quotes and escapes taken away) and a domain in lower case.
///
/// Only printable ASCII: no control character, line break or NUL ever gets in, so that an address can stand in a log, a
/// protocol line or on a terminal. Internationalised local parts (RFC 6531) are refused; domains are A-labels.
package struct MailAddress: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// 1...64 bytes, 0x20...0x7E.
    package let local: String
    /// Lower case; a host name, or an address literal in brackets.
    package let domain: String

    /// Longest local part (RFC 5321 section 4.5.3.1.1).
    package static let longestLocal = 64
    /// Longest address: a path of 256 bytes without its brackets (section 4.5.3.1.3).
    package static let longest = 254

    /// Checks both halves; nil when they make no address.
    package init?(local: String, domain: String) {
        let bytes = local.utf8
        guard (1...Self.longestLocal).contains(bytes.count), bytes.allSatisfy({ (0x20...0x7E).contains($0) }),
            let domain = Self.checked(domain: domain)
        else { return nil }
        self.local = local
        self.domain = domain
        // Quotes and escapes count; what has none is as long as its halves.
        let length = Self.isDotAtom(bytes) ? bytes.count + 1 + domain.utf8.count : description.utf8.count
        guard length <= Self.longest else { return nil }
    }

    /// Halves that are known to be good.
    init(trusted local: String, _ domain: String) {
        self.local = local
        self.domain = domain
    }

    /// Reads `local@domain` or `"quoted local"@domain`, with or without angle brackets around it. nil for everything else,
    /// the empty (null) sender `<>` included.
    package init?(_ text: String) {
        var bytes = Array(text.utf8)[...]
        guard bytes.count <= 2 * Self.longest else { return nil }
        if bytes.first == UInt8(ascii: "<"), bytes.last == UInt8(ascii: ">") { bytes = bytes.dropFirst().dropLast() }
        guard let first = bytes.first else { return nil }
        let local: [UInt8]
        if first == UInt8(ascii: "\"") {
            guard let (text, rest) = Self.quoted(bytes.dropFirst()) else { return nil }
            (local, bytes) = (text, rest)
        } else {
            let end = bytes.firstIndex(of: UInt8(ascii: "@")) ?? bytes.endIndex
            local = Array(bytes[..<end])
            guard Self.isDotAtom(local) else { return nil }
            bytes = bytes[end...]
        }
        guard bytes.first == UInt8(ascii: "@") else { return nil }
        self.init(
            local: String(decoding: local, as: UTF8.self), domain: String(decoding: bytes.dropFirst(), as: UTF8.self))
    }

    /// As it stands in the protocol: quoted only where it must be. Reads back as the same address.
    package var description: String {
        guard isQuoted else { return "\(local)@\(domain)" }
        var text = "\""
        for character in local {
            if character == "\"" || character == "\\" { text.append("\\") }
            text.append(character)
        }
        return text + "\"@\(domain)"
    }

    /// The address in lower case: local parts of own domains are compared without case.
    package var folded: MailAddress { MailAddress(trusted: local.asciiLowercased, domain) }

    package static func < (a: Self, b: Self) -> Bool { (a.domain, a.local) < (b.domain, b.local) }

    /// Whether it needs quotes in the protocol.
    package var isQuoted: Bool { !Self.isDotAtom(local.utf8) }

    /// Before the first `+`, and after it; nil when there is no `+` or nothing before it.
    package var subaddress: (base: String, tag: String)? {
        guard let plus = local.utf8.firstIndex(of: UInt8(ascii: "+")), plus != local.startIndex else { return nil }
        return (String(local[..<plus]), String(local[local.utf8.index(after: plus)...]))
    }

    // MARK: grammar

    /// The text of a quoted string up to its closing quote, and what follows.
    private static func quoted(_ bytes: ArraySlice<UInt8>) -> ([UInt8], ArraySlice<UInt8>)? {
        var text: [UInt8] = []
        var place = bytes.startIndex
        while place < bytes.endIndex {
            var byte = bytes[place]
            place += 1
            if byte == UInt8(ascii: "\"") { return (text, bytes[place...]) }
            if byte == UInt8(ascii: "\\") {
                guard place < bytes.endIndex else { return nil }
                byte = bytes[place]
                place += 1
            }
            guard (0x20...0x7E).contains(byte) else { return nil }
            text.append(byte)
        }
        return nil
    }

    private static func isDotAtom(_ bytes: some BidirectionalCollection<UInt8>) -> Bool {
        guard let last = bytes.last, last != 0x2E else { return false }
        var before: UInt8 = 0x2E
        for byte in bytes {
            guard byte == 0x2E ? before != 0x2E : isAtomText(byte) else { return false }
            before = byte
        }
        return true
    }

    private static func isAtomText(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
    }

    private static func checked(domain: String) -> String? {
        guard domain.hasPrefix("[") else {
            // A trailing dot is no part of a mail domain.
            return domain.hasSuffix(".") ? nil : HostName.normalized(domain, wildcard: false)
        }
        let inside = domain.utf8.dropFirst().dropLast()
        let isPlain = inside.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || [0x2D, 0x2E, 0x3A].contains(byte)
        }
        guard domain.hasSuffix("]"), !inside.isEmpty, inside.count <= 64, isPlain else { return nil }
        return domain.asciiLowercased
    }
}

extension MailAddress: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = MailAddress(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is no mail address"))
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension String {
    /// ASCII letters in lower case; everything else as it is.
    var asciiLowercased: String {
        utf8.contains { (65...90).contains($0) }
            ? String(decoding: utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self) : self
    }
}

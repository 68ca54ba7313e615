package import NIOCore

/// A question of Postfix's socketmap client: the name of a map and the key, which holds blanks only where an address
/// does.
///
/// Source: socketmap_table(5).
package struct SocketmapRequest: Sendable, Hashable {
    package let map: String
    package let key: String

    package init(map: String, key: String) {
        self.map = map
        self.key = key
    }

    /// Nil when there is no blank between map and key.
    package init?(_ payload: ByteBuffer) {
        let bytes = payload.readableBytesView
        guard let blank = bytes.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        map = String(decoding: bytes[..<blank], as: UTF8.self)
        key = String(decoding: bytes[bytes.index(after: blank)...], as: UTF8.self)
    }

    /// Addresses have at most some hundred bytes; Postfix's own limit of a line is 2048.
    package static let limit = 16_384
}

/// What a socketmap server answers.
package enum SocketmapReply: Sendable, Hashable {
    case found(String)
    case notFound
    /// Postfix defers what it was about to do.
    case temporary(String)

    /// Postfix closes the connection on a longer reply.
    package static let limit = 100_000

    /// The payload of the netstring. Line breaks and other control characters become blanks, and what is too long to be
    /// understood is a temporary error.
    package var payload: String {
        let text =
            switch self {
            case .found(let value): "OK \(value)"
            case .notFound: "NOTFOUND "
            case .temporary(let reason): "TEMP \(reason)"
            }
        guard text.utf8.count <= Self.limit else { return "TEMP the answer is longer than \(Self.limit) bytes" }
        return WireText.line(text)
    }
}

/// Text that becomes part of one line of a protocol.
enum WireText {
    /// Without control characters: each becomes a blank, so that no text can become a second line.
    static func line(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return text }
        return String(decoding: text.utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
    }

    /// A reply text of SMTP: one line of visible ASCII, at most `limit` bytes; other bytes become question marks.
    static func reply(_ text: String, limit: Int = 400) -> String {
        let bytes = text.utf8.prefix(limit).map { byte -> UInt8 in
            if byte < 0x20 || byte == 0x7F { return 0x20 }
            return byte < 0x7F ? byte : UInt8(ascii: "?")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

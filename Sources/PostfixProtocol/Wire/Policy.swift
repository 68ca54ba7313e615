package import NIOCore

/// One request of Postfix's policy delegation protocol: `name=value` lines, ended by an empty one.
///
/// Source: SMTPD_POLICY_README.
package struct PolicyRequest: Sendable, Hashable {
    package let attributes: [String: String]

    package init(attributes: [String: String]) { self.attributes = attributes }

    /// An attribute that was not sent is as good as empty; Postfix itself sends empty ones.
    package subscript(name: String) -> String { attributes[name] ?? "" }

    package var state: String { self["protocol_state"] }
    package var instance: String { self["instance"] }
    /// Empty until the first recipient was accepted.
    package var queueID: String { self["queue_id"] }
    package var sender: String { self["sender"] }
    package var recipient: String { self["recipient"] }
    package var recipientCount: Int { Int(self["recipient_count"]) ?? 0 }
    package var size: Int { Int(self["size"]) ?? 0 }
}

package struct PolicyDecoder: Sendable {
    package enum Failure: Error, Hashable {
        case tooLong(limit: Int)
        case noEquals
    }

    /// Bytes of a whole request; Postfix 3.7 sends about 700.
    package static let limit = 65_536

    /// Attributes that decisions ask for; Postfix sends three times as many, and the others are passed over.
    private static let wanted = [
        "protocol_state", "client_address", "helo_name", "sender", "recipient", "recipient_count", "instance",
        "queue_id", "size",
    ].map { (name: $0, bytes: Array($0.utf8)) }

    private var buffer = ByteBuffer()
    private var attributes: [String: String] = [:]
    private var taken = 0

    package init() {}

    package mutating func append(_ bytes: ByteBuffer) { buffer.writeImmutableBuffer(bytes) }

    /// The next request; nil when more bytes are needed. After a failure the stream has no meaning any more.
    package mutating func next() throws(Failure) -> PolicyRequest? {
        while let end = buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
            let length = end - buffer.readerIndex
            taken += length + 1
            guard taken <= Self.limit else { throw .tooLong(limit: Self.limit) }
            let line = buffer.readableBytesView.prefix(length)
            if line.isEmpty {
                buffer.moveReaderIndex(forwardBy: 1)
                buffer.discardReadBytes()
                defer { (attributes, taken) = ([:], 0) }
                return PolicyRequest(attributes: attributes)
            }
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { throw .noEquals }
            let name = line[..<equals]
            if let known = Self.wanted.first(where: { $0.bytes.count == name.count && name.elementsEqual($0.bytes) }) {
                attributes[known.name] = String(decoding: line[line.index(after: equals)...], as: UTF8.self)
            }
            buffer.moveReaderIndex(forwardBy: length + 1)
        }
        guard taken + buffer.readableBytes <= Self.limit else { throw .tooLong(limit: Self.limit) }
        return nil
    }
}

/// What a policy service answers: an action as in access(5).
package enum PolicyReply: Sendable, Hashable {
    /// The recipient is accepted; later restrictions of the same list are not asked.
    case accept
    /// No opinion: the next restriction is asked.
    case pass
    /// As ``pass``, and Postfix writes the text into its log together with the queue id.
    case note(String)
    /// A reply code with enhanced status and text, such as `550 5.1.1 no such address`.
    case answer(SMTPReply)

    package var text: String {
        let action =
            switch self {
            case .accept: "OK"
            case .pass: "DUNNO"
            case .note(let text): "INFO \(WireText.line(text))"
            case .answer(let reply): reply.text
            }
        return "action=\(action)\n\n"
    }
}

/// A reply to a command of SMTP: code, enhanced status code (RFC 3463) and text of one line.
package struct SMTPReply: Sendable, Hashable {
    package let code: Int
    package let status: String
    package let words: String

    package init(_ code: Int, _ status: String, _ words: String) {
        self.code = code
        self.status = status
        self.words = WireText.reply(words)
    }

    package var text: String { "\(code) \(status) \(words)" }
    package var isTemporary: Bool { code < 500 }
}

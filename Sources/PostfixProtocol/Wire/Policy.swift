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

    /// Attributes that decisions ask for; Postfix sends three times as many, and the others are passed over. Static, so
    /// that looking through them counts no references.
    private static let wanted: [StaticString] = [
        "protocol_state", "client_address", "helo_name", "sender", "recipient", "recipient_count", "instance",
        "queue_id", "size",
    ]

    private var buffer = ByteBuffer()
    private var attributes: [String: String] = [:]
    private var taken = 0

    package init() {}

    package mutating func append(_ bytes: ByteBuffer) { buffer.writeImmutableBuffer(bytes) }

    /// The next request; nil when more bytes are needed. After a failure the stream has no meaning any more.
    package mutating func next() throws(Failure) -> PolicyRequest? {
        let (read, end) = buffer.withUnsafeReadableBytes { Self.lines($0, into: &attributes, taken: taken) }
        buffer.moveReaderIndex(forwardBy: read)
        taken += read
        switch end {
        case .failed(let failure): throw failure
        case .open:
            guard taken + buffer.readableBytes <= Self.limit else { throw .tooLong(limit: Self.limit) }
            return nil
        case .empty:
            buffer.discardReadBytes()
            defer { (attributes, taken) = ([:], 0) }
            return PolicyRequest(attributes: attributes)
        }
    }

    /// Why no more lines were read.
    private enum End {
        /// The empty line that ends a request.
        case empty
        /// The last line is not whole yet.
        case open
        case failed(Failure)
    }

    /// Reads whole lines up to an empty one, and gives how many bytes they have.
    private static func lines(
        _ bytes: UnsafeRawBufferPointer, into attributes: inout [String: String], taken: Int
    ) -> (read: Int, End) {
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            guard taken + end + 1 <= limit else { return (start, .failed(.tooLong(limit: limit))) }
            if end == start { return (end + 1, .empty) }
            let line = bytes[start..<end]
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { return (start, .failed(.noEquals)) }
            if let name = known(UnsafeRawBufferPointer(rebasing: line[..<equals])) {
                if attributes.isEmpty { attributes.reserveCapacity(wanted.count) }
                attributes[name] = String(
                    decoding: UnsafeRawBufferPointer(rebasing: line[(equals + 1)...]), as: UTF8.self)
            }
            start = end + 1
        }
        return (start, .open)
    }

    private static func known(_ name: UnsafeRawBufferPointer) -> String? {
        for one in wanted where one.utf8CodeUnitCount == name.count {
            let letters = UnsafeRawBufferPointer(start: one.utf8Start, count: name.count)
            if letters.elementsEqual(name) { return String(decoding: letters, as: UTF8.self) }
        }
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

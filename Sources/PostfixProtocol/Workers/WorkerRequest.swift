internal import Crypto
internal import FoundationEssentials
package import MailRouting
package import NIOCore

/// What a worker is told about one recipient of a message.
package struct WorkerRequest: Sendable {
    package var rule: String
    package var queueID: String
    package var sender: String
    package var recipient: MailAddress
    package var client: String
    package var content: MailContent
    /// After the headers; lines end with CR LF.
    package var body: ByteBuffer

    package init(
        rule: String, queueID: String, sender: String, recipient: MailAddress, client: String, content: MailContent,
        body: ByteBuffer
    ) {
        self.rule = rule
        self.queueID = queueID
        self.sender = sender
        self.recipient = recipient
        self.client = client
        self.content = content
        self.body = body
    }

    /// The message as it came, headers and body.
    package var message: [UInt8] {
        var bytes: [UInt8] = []
        for header in content.headers { bytes += Array("\(header.name): \(header.value)\r\n".utf8) }
        return bytes + Array("\r\n".utf8) + Array(body.readableBytesView)
    }

    /// The JSON that a webhook gets.
    package func json() -> [UInt8] {
        let document = Document(
            id: "\(queueID):\(recipient)", from: sender, to: recipient.description, rule: rule, client: client,
            subject: content.subject, size: content.size, authentication: content.authentication.text,
            headers: content.headers.map { [$0.name, $0.value] }, raw: Data(message).base64EncodedString())
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(document)).map { Array($0) } ?? []
    }

    private struct Document: Encodable {
        /// The same when Postfix's client sends the message again within one queue entry: for idempotence.
        var id: String
        var from: String
        var to: String
        var rule: String
        var client: String
        var subject: String
        var size: Int
        var authentication: String
        var headers: [[String]]
        var raw: String
    }

    /// What a program gets beside the message: names of its environment.
    package var variables: [String: String] {
        [
            "MAIL_FROM": sender, "MAIL_TO": recipient.description, "MAIL_RULE": rule, "MAIL_CLIENT": client,
            "MAIL_QUEUE_ID": queueID, "MAIL_AUTHENTICATION": content.authentication.text,
        ].mapValues { $0.replacing("\0", with: "") }
    }
}

/// The signature of a webhook: `v1=` and the HMAC-SHA256, in hexadecimal, of the time (seconds since 1970), a dot and the
/// body. Whoever checks it compares in constant time and refuses a time that is more than five minutes off.
package enum WorkerSignature {
    package static let header = "X-Signalbox-Signature"
    package static let timeHeader = "X-Signalbox-Timestamp"

    package static func sign(_ body: [UInt8], seconds: Int64, key: [UInt8]) -> String {
        let text = Array("\(seconds).".utf8) + body
        let code = HMAC<SHA256>.authenticationCode(for: text, using: SymmetricKey(data: key))
        return "v1=" + code.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}

package import EdgeModel
package import MailRouting
internal import NIOCore

/// One connection of the milter: follows the protocol, and says when a message is complete and has to be judged.
///
/// Nothing is answered before the end of the headers. A message whose recipients need nothing but what the alias map
/// answers is let through there, before its body is sent.
package struct MilterSession: Sendable {
    package enum Action: Sendable {
        case reply(MilterReply)
        /// The message was let through at its headers, and this is to be remembered of it.
        case passed(MilterMessage, [MailAddress: MailDecided])
        /// Judge it and answer.
        case judge(MilterMessage)
        case close
    }

    private var message = MilterMessage()
    private var client = ""
    private var helo = ""
    private var wantsBody = false

    package init() {}

    package mutating func handle(_ command: MilterCommand, desk: RoutingDesk, at now: Timestamp) -> [Action] {
        switch command {
        case .negotiate(_, let actions, let steps):
            // Without all of these we could not do what the rules ask; Postfix offers them since 2.6.
            guard actions & MilterTerms.actions == MilterTerms.actions, steps & MilterTerms.steps == MilterTerms.steps
            else { return [.close] }
            let chosen = MilterTerms.actions | (actions & MilterTerms.chooseMacros)
            return [
                .reply(.negotiated(version: MilterTerms.version, actions: chosen, protocol: MilterTerms.steps))
            ]
        case .macros(let command, let macros):
            if command == UInt8(ascii: "M") { begin() }
            if let id = macros["i"] {
                if command == UInt8(ascii: "M") { message.isLocal = true }
                message.queueID = id
            }
        case .connect(_, let address): client = address
        case .helo(let name): helo = name
        case .mail(let sender):
            // The macros that come before it have begun the message already.
            let (queueID, isLocal) = (message.queueID, message.isLocal)
            begin()
            (message.queueID, message.isLocal) = (queueID, isLocal)
            message.sender = Self.unbracketed(sender)
        case .recipient(let recipient, let parameters):
            message.recipients.append(MilterRecipient(Self.unbracketed(recipient), parameters: parameters))
        case .header(let name, let value):
            message.headerBytes += name.utf8.count + Self.length(ofLines: value) + 4
            message.headers.append(MailHeader(name, Self.unfolded(value)))
        case .endOfHeaders:
            guard let decided = MilterJudge.settled(message, desk: desk, at: now) else {
                wantsBody = true
                return [.reply(.proceed)]
            }
            // Nothing more is told of it; the next message of the session begins with its sender.
            defer { begin() }
            return [.passed(message, decided), .reply(.accept)]
        case .body(let chunk): take(chunk)
        case .endOfMessage(let chunk):
            take(chunk)
            let complete = message
            begin()
            return [.judge(complete)]
        case .abort: begin()
        case .quit: return [.close]
        case .quitNewConnection:
            self = MilterSession()
        case .data, .unknown: break
        }
        return []
    }

    private mutating func begin() {
        message = MilterMessage()
        (message.client, message.helo) = (client, helo)
        wantsBody = false
    }

    private mutating func take(_ chunk: ByteBuffer) {
        message.bodyBytes += chunk.readableBytes
        if wantsBody, message.bodyBytes <= MilterMessage.longestBody {
            message.body.writeImmutableBuffer(chunk)
        } else {
            message.body.clear()
        }
    }

    private static func unbracketed(_ text: String) -> String {
        text.hasPrefix("<") && text.hasSuffix(">") ? String(text.dropFirst().dropLast()) : text
    }

    /// Bytes of a value as it was sent: Postfix tells line ends as single line feeds.
    private static func length(ofLines value: String) -> Int {
        var (length, last) = (0, UInt8(0))
        for byte in value.utf8 {
            length += byte == 0x0A && last != 0x0D ? 2 : 1
            last = byte
        }
        return length
    }

    /// Folded lines as one (RFC 5322 section 2.2.3).
    private static func unfolded(_ value: String) -> String {
        guard value.utf8.contains(0x0A) else { return value }
        return value.replacing("\r\n", with: "\n").replacing("\n", with: "")
    }
}

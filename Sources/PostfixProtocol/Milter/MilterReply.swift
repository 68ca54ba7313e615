internal import NIOCore

/// What a milter answers, or asks to be changed at the end of a message.
package enum MilterReply: Sendable, Hashable {
    /// With the names of the macros that are wanted at each stage, where actions ask for that.
    case negotiated(version: UInt32, actions: UInt32, protocol: UInt32)
    case proceed
    /// The message goes on and this milter hears nothing more of it.
    case accept
    /// Accepted from the client and thrown away, for every recipient.
    case discard
    case temporaryFailure
    case answer(SMTPReply)
    /// Still working; Postfix's clock begins anew.
    case progress
    /// The parameters are those of SMTP, a blank between them.
    case addRecipient(String, parameters: String)
    case removeRecipient(String)
    case changeSender(String)
    case addHeader(name: String, value: String)

    package var packet: MilterPacket {
        switch self {
        case .negotiated(let version, let actions, let steps):
            var data = ByteBuffer()
            data.writeMultipleIntegers(version, actions, steps)
            if actions & MilterTerms.chooseMacros != 0 {
                for (stage, names) in MilterTerms.macros {
                    data.writeInteger(stage)
                    data.writeString(names + "\0")
                }
            }
            return MilterPacket(command: UInt8(ascii: "O"), data: data)
        case .proceed: return MilterPacket("c")
        case .accept: return MilterPacket("a")
        case .discard: return MilterPacket("d")
        case .temporaryFailure: return MilterPacket("t")
        // A percent sign stands doubled, as the text may be a format (MILTER_README, smfi_setreply).
        case .answer(let reply): return MilterPacket("y", strings: [reply.text.replacing("%", with: "%%")])
        case .progress: return MilterPacket("p")
        case .addRecipient(let address, let parameters):
            return MilterPacket("2", strings: ["<\(address)>", parameters])
        case .removeRecipient(let address): return MilterPacket("-", strings: ["<\(address)>"])
        case .changeSender(let address): return MilterPacket("e", strings: ["<\(address)>"])
        case .addHeader(let name, let value): return MilterPacket("h", strings: [name, WireText.line(value)])
        }
    }
}

/// What is negotiated with Postfix: bits of libmilter's `mfapi.h`.
package enum MilterTerms {
    package static let version: UInt32 = 6
    static let addHeaders: UInt32 = 0x01
    static let addRecipients: UInt32 = 0x80
    static let removeRecipients: UInt32 = 0x08
    static let changeSender: UInt32 = 0x40
    package static let actions = addHeaders | addRecipients | removeRecipients | changeSender
    static let chooseMacros: UInt32 = 0x100

    /// The queue id at the sender, where only a message from `sendmail` has one, and at the end of the headers and of the
    /// message; nothing else. By default Postfix would find out for each recipient which transport and host it goes to,
    /// and that asks one of its services a question.
    static let macros: [(stage: UInt32, names: String)] = [
        (0, ""), (1, ""), (2, "i"), (3, ""), (4, ""), (5, "i"), (6, "i"),
    ]

    static let noUnknownCommands: UInt32 = 0x100
    static let noData: UInt32 = 0x200
    static let skip: UInt32 = 0x400
    static let silentHeaders: UInt32 = 0x80
    static let silentConnect: UInt32 = 0x1000
    static let silentHelo: UInt32 = 0x2000
    static let silentMail: UInt32 = 0x4000
    static let silentRecipient: UInt32 = 0x8000
    static let silentBody: UInt32 = 0x8_0000
    /// Everything is sent and nothing is answered before the end of the headers: one round trip for a message that is
    /// let through there, two for any other.
    package static let steps =
        noUnknownCommands | noData | silentHeaders | silentConnect | silentHelo | silentMail | silentRecipient
        | silentBody
}

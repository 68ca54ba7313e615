import EdgeModel
import MailRouting
import NIOCore
import PostfixProtocol
import TestKit
import Testing

@Suite("Milter packets")
struct MilterPacketTests {
    private static func bytes(_ command: Unicode.Scalar, _ data: [UInt8]) -> [UInt8] {
        var buffer = ByteBuffer()
        MilterPacket(command: UInt8(ascii: command), data: ByteBuffer(bytes: data)).write(to: &buffer)
        return Array(buffer.readableBytesView)
    }

    private static func command(_ command: Unicode.Scalar, _ text: String) throws -> MilterCommand {
        try MilterCommand(MilterPacket(command: UInt8(ascii: command), data: ByteBuffer(string: text)))
    }

    @Test func splitAnywhereItIsTheSame() throws {
        let stream =
            Self.bytes("O", [0, 0, 0, 6, 0, 0, 1, 0xFF, 0, 0x1F, 0xFF, 0xFF]) + Self.bytes("T", [])
            + Self.bytes("B", Array("body\r\n".utf8))
        for cut in 0...stream.count {
            var decoder = MilterDecoder()
            var found: [MilterCommand] = []
            for piece in [stream[..<cut], stream[cut...]] {
                decoder.append(ByteBuffer(bytes: piece))
                while let packet = try decoder.next() { found.append(try MilterCommand(packet)) }
            }
            #expect(
                found == [
                    .negotiate(version: 6, actions: 0x1FF, protocol: 0x1F_FFFF), .data,
                    .body(ByteBuffer(string: "body\r\n")),
                ])
        }
    }

    @Test func lengthsThatCannotBeAreRefused() {
        var empty = MilterDecoder()
        empty.append(ByteBuffer(bytes: [0, 0, 0, 0]))
        #expect(throws: MilterDecoder.Failure.empty) { try empty.next() }
        var huge = MilterDecoder()
        huge.append(ByteBuffer(bytes: [0xFF, 0xFF, 0xFF, 0xFF]))
        #expect(throws: MilterDecoder.Failure.tooLong(limit: MilterDecoder.limit)) { try huge.next() }
    }

    @Test func postfixsOwnBytes() throws {
        #expect(
            try MilterCommand(
                MilterPacket(
                    command: UInt8(ascii: "C"),
                    data: ByteBuffer(
                        bytes: Array("[127.0.0.1]\u{0}4".utf8) + [0xD3, 0x26] + Array("127.0.0.1\u{0}".utf8))))
                == .connect(host: "[127.0.0.1]", address: "127.0.0.1"))
        #expect(
            try Self.command("C", "h\u{0}6\u{0}\u{19}IPv6:2001:db8::1\u{0}")
                == .connect(host: "h", address: "2001:db8::1"))
        #expect(try Self.command("C", "h\u{0}U") == .connect(host: "h", address: ""))
        #expect(
            try Self.command("D", "Ti\u{0}EFDF2F82135\u{0}{rcpt_addr}\u{0}a@b\u{0}")
                == .macros(of: UInt8(ascii: "T"), ["i": "EFDF2F82135", "rcpt_addr": "a@b"]))
        #expect(try Self.command("D", "H") == .macros(of: UInt8(ascii: "H"), [:]))
        #expect(try Self.command("M", "<alice@sender.test>\u{0}size=21\u{0}") == .mail("<alice@sender.test>"))
        #expect(try Self.command("R", "<dyn@edge.test>\u{0}") == .recipient("<dyn@edge.test>", parameters: []))
        #expect(
            try Self.command("R", "<a@b>\u{0}NOTIFY=NEVER\u{0}ORCPT=rfc822;c@d\u{0}")
                == .recipient("<a@b>", parameters: ["NOTIFY=NEVER", "ORCPT=rfc822;c@d"]))
        #expect(try Self.command("L", "Subject\u{0}hi\u{0}") == .header(name: "Subject", value: "hi"))
        #expect(try Self.command("L", "Subject\u{0}\u{0}") == .header(name: "Subject", value: ""))
    }

    @Test(arguments: [("O", "abc"), ("D", ""), ("C", "host"), ("C", "h\u{0}4"), ("L", "Subject"), ("M", ""), ("?", "")])
    func whatIsTooShortOrUnknownIsRefused(_ letter: String, _ text: String) throws {
        let scalar = try #require(letter.unicodeScalars.first)
        #expect(throws: MilterCommand.Failure.self) { try Self.command(scalar, text) }
    }

    @Test func anyBytesEndInCommandsOrAFailure() {
        var random = SeededGenerator.announced("milter packets")
        for _ in 0..<3000 {
            let data = (0..<Int.random(in: 0..<30, using: &random)).map { _ in UInt8.random(in: 0..<8, using: &random) }
            let letter = Array("ODCHMRTLNBEAQKUx".utf8).randomElement(using: &random) ?? 0
            _ = try? MilterCommand(MilterPacket(command: letter, data: ByteBuffer(bytes: data)))
        }
    }

    @Test func answersInBytes() {
        func text(_ reply: MilterReply) -> String {
            var buffer = ByteBuffer()
            reply.packet.write(to: &buffer)
            return String(decoding: buffer.readableBytesView.dropFirst(4), as: UTF8.self)
        }
        #expect(text(.proceed) == "c")
        #expect(text(.removeRecipient("a@b")) == "-<a@b>\u{0}")
        #expect(text(.addRecipient("a@b", parameters: "NOTIFY=NEVER")) == "2<a@b>\u{0}NOTIFY=NEVER\u{0}")
        #expect(text(.changeSender("")) == "e<>\u{0}")
        #expect(text(.answer(SMTPReply(550, "5.7.1", "100% no\r\n"))) == "y550 5.7.1 100%% no  \u{0}")
        #expect(text(.addHeader(name: "X-A", value: "b\r\nTo: evil\u{0}")) == "hX-A\u{0}b  To: evil \u{0}")
        #expect(text(.negotiated(version: 6, actions: 0x4D, protocol: 0)).utf8.count == 13)
    }

    @Test func whoTakesARecipientsPlaceInheritsItsReports() {
        #expect(MilterRecipient("a+b=c@d.test").inherited == "ORCPT=rfc822;a+2Bb+3Dc@d.test")
        #expect(
            MilterRecipient("a@d.test", parameters: ["notify=SUCCESS,FAILURE", "X=1"]).inherited
                == "notify=SUCCESS,FAILURE ORCPT=rfc822;a@d.test")
        #expect(MilterRecipient("a@d.test", parameters: ["ORCPT=rfc822;z@y"]).inherited == "ORCPT=rfc822;z@y")
        #expect(MilterRecipient("ä@d.test").inherited == "")
        #expect(MilterRecipient("\"a b\"@d.test").inherited == #"ORCPT=rfc822;"a+20b"@d.test"#)
        #expect(MilterRecipient("a@d.test", parameters: ["NOTIFY=NEVER\nX"]).inherited == "ORCPT=rfc822;a@d.test")
    }

    @Test func onlyTheQueueIdIsAskedFor() {
        var session = MilterSession()
        let desk = RoutingDesk(plan: .empty, srs: nil, since: Timestamp(milliseconds: 0))
        func answer(offering actions: UInt32) -> [UInt8] {
            let offered = MilterCommand.negotiate(version: 6, actions: actions, protocol: 0x1F_FFFF)
            let said = session.handle(offered, desk: desk, at: Timestamp(milliseconds: 0))
            guard case .reply(let reply)? = said.first else { return [] }
            return Array(reply.packet.data.readableBytesView)
        }
        let lists = answer(offering: 0x1FF).dropFirst(12)
        var expected: [UInt8] = []
        for (stage, names) in ["", "", "i", "", "", "i", "i"].enumerated() {
            expected += [0, 0, 0, UInt8(stage)] + Array(names.utf8) + [0]
        }
        #expect(Array(lists) == expected)
        // A Postfix that cannot be told sends them all.
        #expect(answer(offering: 0xFF).count == 12)
        #expect(answer(offering: 0x0F) == [])
    }
}

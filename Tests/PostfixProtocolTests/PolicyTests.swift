import NIOCore
import PostfixProtocol
import TestKit
import Testing

@Suite("Policy requests and answers")
struct PolicyTests {
    private static let request = """
        request=smtpd_access_policy
        protocol_state=RCPT
        client_address=127.0.0.1
        sender="a=b"@sender.test
        recipient=info@edge.test
        recipient_count=0
        queue_id=
        instance=2f16.6b016179.30dcd.0
        size=12


        """

    @Test func splitAnywhereItIsTheSame() throws {
        let bytes = Array(Self.request.utf8)
        for cut in 0...bytes.count {
            var decoder = PolicyDecoder()
            decoder.append(ByteBuffer(bytes: bytes[..<cut]))
            let early = try decoder.next()
            #expect((early == nil) == (cut < bytes.count))
            decoder.append(ByteBuffer(bytes: bytes[cut...]))
            let found = try early ?? decoder.next()
            #expect(found?.sender == #""a=b"@sender.test"#)
            #expect(found?.recipient == "info@edge.test")
            #expect(found?.queueID == "" && found?.size == 12 && found?.state == "RCPT")
            #expect(found?["ccert_subject"] == "")
        }
    }

    @Test func nothingOfOneRequestReachesTheNext() throws {
        var decoder = PolicyDecoder()
        decoder.append(ByteBuffer(string: "sender=a\n\nrecipient=b\nccert_subject=c\n\n"))
        #expect(try decoder.next()?.sender == "a")
        #expect(try decoder.next()?.attributes == ["recipient": "b"])
        #expect(try decoder.next() == nil)
    }

    @Test func aLineWithoutAnEqualsSignIsRefused() {
        var decoder = PolicyDecoder()
        decoder.append(ByteBuffer(string: "sender\n\n"))
        #expect(throws: PolicyDecoder.Failure.noEquals) { try decoder.next() }
    }

    @Test func aRequestWithoutEndIsRefusedAtTheLimit() {
        var one = PolicyDecoder()
        one.append(ByteBuffer(repeating: UInt8(ascii: "a"), count: PolicyDecoder.limit + 1))
        #expect(throws: PolicyDecoder.Failure.tooLong(limit: PolicyDecoder.limit)) { try one.next() }
        var many = PolicyDecoder()
        #expect(throws: PolicyDecoder.Failure.tooLong(limit: PolicyDecoder.limit)) {
            for _ in 0..<PolicyDecoder.limit {
                many.append(ByteBuffer(string: "a=b\n"))
                _ = try many.next()
            }
        }
    }

    @Test func answersAreOneLine() {
        #expect(PolicyReply.accept.text == "action=OK\n\n")
        #expect(PolicyReply.pass.text == "action=DUNNO\n\n")
        #expect(PolicyReply.note("a\n\naction=OK").text == "action=INFO a  action=OK\n\n")
        let reply = SMTPReply(550, "5.7.1", "closed\r\n250 ok \u{e9}")
        #expect(PolicyReply.answer(reply).text == "action=550 5.7.1 closed  250 ok ??\n\n")
        #expect(SMTPReply(550, "5.7.1", String(repeating: "x", count: 5000)).text.utf8.count < 512)
    }
}

import NIOCore
import PostfixProtocol
import TestKit
import Testing

@Suite("Netstrings and socketmap")
struct NetstringTests {
    /// Everything the decoder makes of the bytes when they come in the given pieces; nil at the end for a failure.
    private static func decode(_ pieces: [[UInt8]], limit: Int = 1000) -> [String?] {
        var decoder = NetstringDecoder(limit: limit)
        var found: [String?] = []
        for piece in pieces {
            decoder.append(ByteBuffer(bytes: piece))
            do {
                while let payload = try decoder.next() { found.append(String(buffer: payload)) }
            } catch {
                return found + [nil]
            }
        }
        return found
    }

    @Test func splitAnywhereItIsTheSame() {
        let bytes = Array("21:valias info@edge.test,0:,7:a b,c:d,".utf8)
        for cut in 0...bytes.count {
            for second in cut...bytes.count {
                let pieces = [bytes[..<cut], bytes[cut..<second], bytes[second...]].map { Array($0) }
                #expect(Self.decode(pieces) == ["valias info@edge.test", "", "a b,c:d"])
            }
        }
    }

    @Test(arguments: [":,", "x", "1x:a,", "01:a,", "00:,", "-1:a,", " 1:a,", "1:ab", "3:abc;", "\u{0}", "1:a\n"])
    func whatIsNoNetstringIsRefused(_ text: String) {
        #expect(Self.decode([Array(text.utf8)]) == [nil])
    }

    @Test(arguments: ["", "1", "12", "3:", "3:ab", "3:abc"])
    func whatIsCutShortWaits(_ text: String) {
        #expect(Self.decode([Array(text.utf8)]).isEmpty)
    }

    @Test func aLengthAboveTheLimitIsRefusedBeforeItIsKept() {
        #expect(Self.decode([Array("1001:".utf8)]) == [nil])
        #expect(Self.decode([Array("99999999999999999999999999".utf8)]) == [nil])
        #expect(Self.decode([Array("1000:\(String(repeating: "a", count: 1000)),".utf8)]).count == 1)
    }

    @Test func anyBytesEndInPayloadsOrOneFailure() {
        var random = SeededGenerator.announced("netstrings")
        for _ in 0..<2000 {
            let alphabet = Array("0123456789:,a".utf8)
            let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            let whole = Self.decode([bytes])
            #expect(whole == Self.decode(bytes.map { [$0] }), "\(bytes)")
        }
    }

    @Test func aRequestIsAMapAndAKey() {
        let request = SocketmapRequest(ByteBuffer(string: #"alias "a b"@edge.test"#))
        #expect(request == SocketmapRequest(map: "alias", key: #""a b"@edge.test"#))
        #expect(SocketmapRequest(ByteBuffer(string: "srs-forward ")) == SocketmapRequest(map: "srs-forward", key: ""))
        #expect(SocketmapRequest(ByteBuffer(string: "alias")) == nil)
    }

    @Test func repliesAreOneLineAndNeverTooLong() {
        #expect(SocketmapReply.found("a@b, c@d").payload == "OK a@b, c@d")
        #expect(SocketmapReply.notFound.payload == "NOTFOUND ")
        #expect(SocketmapReply.temporary("away\r\nOK x").payload == "TEMP away  OK x")
        let long = SocketmapReply.found(String(repeating: "a", count: SocketmapReply.limit))
        #expect(long.payload.hasPrefix("TEMP "))
        var buffer = ByteBuffer()
        buffer.writeNetstring("OK ü@b")
        #expect(String(buffer: buffer) == "7:OK ü@b,")
    }
}

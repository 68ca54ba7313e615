import PostfixProtocol
import TestKit
import Testing

@Suite("Sender rewriting")
struct SRSTests {
    private static let today = 20_779
    private static let srs = SRS(secret: Array("a secret of at least sixteen bytes".utf8))

    private static func back(_ local: String, on day: Int = today) -> Result<String, SRS.Refusal> {
        Result { () throws(SRS.Refusal) in
            let found = try srs.reverse(local: local, day: day)
            return "\(found.local)@\(found.domain)"
        }
    }

    @Test(arguments: ["alice", "a=b=c", "a+tag", "\"a b\"", "SRS", "srs0x", "SRS1-der.test=a", "SRS1=x"])
    func whatWasRewrittenComesBack(_ local: String) {
        let rewritten = Self.srs.forward(local: local, domain: "sender.test", day: Self.today)
        #expect(rewritten.hasPrefix("SRS0="))
        #expect(Self.back(rewritten) == .success("\(local)@sender.test"))
        // Hosts on the way may fold it.
        #expect(Self.back(rewritten.lowercased()) == .success("\(local.lowercased())@sender.test"))
    }

    @Test func anotherForwardersAddressKeepsItsText() {
        let foreign = "SRS0=HHHH=TT=origin.test=alice"
        let first = Self.srs.forward(local: foreign, domain: "relay.test", day: Self.today)
        #expect(first.hasPrefix("SRS1="))
        #expect(Self.back(first) == .success("SRS0=HHHH=TT=origin.test=alice@relay.test"))
        // One hop later it grows no more, and bounces skip the hop in between.
        let second = SRS(secret: Array("another secret, of another host".utf8))
            .forward(local: first, domain: "edge.test", day: Self.today)
        #expect(second.utf8.count == first.utf8.count)
        #expect(second.dropFirst(13) == first.dropFirst(13))
    }

    @Test func everyChangedCharacterIsSeen() {
        for kind in ["alice", "SRS0=HHHH=TT=origin.test=alice"] {
            let rewritten = Array(Self.srs.forward(local: kind, domain: "sender.test", day: Self.today).utf8)
            for index in rewritten.indices.dropFirst(5) {
                var changed = rewritten
                changed[index] = changed[index] == UInt8(ascii: "x") ? UInt8(ascii: "y") : UInt8(ascii: "x")
                if String(decoding: changed, as: UTF8.self).uppercased()
                    == String(decoding: rewritten, as: UTF8.self).uppercased()
                {
                    continue
                }
                guard case .failure = Self.back(String(decoding: changed, as: UTF8.self)) else {
                    Issue.record("accepted \(String(decoding: changed, as: UTF8.self))")
                    continue
                }
            }
        }
    }

    @Test func itExpires() {
        let rewritten = Self.srs.forward(local: "alice", domain: "sender.test", day: Self.today)
        for days in [-1, 0, 1, 21] {
            #expect(Self.back(rewritten, on: Self.today + days) == .success("alice@sender.test"))
        }
        for days in [22, 100, 500, 1000, -2] {
            #expect(Self.back(rewritten, on: Self.today + days) == .failure(.expired))
        }
    }

    @Test func anotherSecretIsAForgery() {
        let other = SRS(secret: Array("another secret, of another host".utf8))
        let rewritten = other.forward(local: "alice", domain: "sender.test", day: Self.today)
        #expect(Self.back(rewritten) == .failure(.forged))
    }

    @Test(arguments: ["alice", "SRS0", "srs2=AAAAAAAA=AA=a=b"])
    func othersAreLeftAlone(_ local: String) {
        #expect(Self.back(local) == .failure(.notRewritten))
        #expect(!SRS.isRewritten(local))
    }

    @Test func anythingElseIsRefusedAndNeverTraps() {
        var random = SeededGenerator.announced("SRS")
        let alphabet = Array("SRS01=+-AZ27.@\"a".utf8)
        for _ in 0..<5000 {
            let tail = (0..<Int.random(in: 0..<30, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            let local = (Bool.random(using: &random) ? "SRS0=" : "SRS1=") + String(decoding: tail, as: UTF8.self)
            guard case .failure = Self.back(local) else {
                Issue.record("accepted \(local)")
                continue
            }
        }
    }
}

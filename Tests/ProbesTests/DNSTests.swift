import Probes
import Testing

@Suite("Messages of the domain name system")
struct DNSTests {
    /// An answer to `example.com MX` with two records, one of which points back at the question's name.
    private var answer: [UInt8] {
        [0x12, 0x34, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0, 7] + Array("example".utf8) + [3] + Array("com".utf8)
            + [0, 0, 15, 0, 1]
            + [0xC0, 12, 0, 15, 0, 1, 0, 0, 0, 60, 0, 7, 0, 10, 2] + Array("MX".utf8) + [0xC0, 12]
            + [0xC0, 12, 0, 15, 0, 1, 0, 0, 0, 60, 0, 3, 0, 20, 0]
    }

    @Test func aQuestionIsWrittenAsTheRFCHasIt() {
        let question = DNSMessage.question("Example.com.", .mx, id: 0x1234)
        #expect(
            question == [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7] + Array("example".utf8) + [3]
                + Array("com".utf8) + [0, 0, 15, 0, 1])
        for bad in [
            "", ".", "a..b", String(repeating: "a", count: 64),
            Array(repeating: "abcdefgh", count: 30).joined(separator: "."),
        ] {
            #expect(DNSMessage.question(bad, .a, id: 1) == nil, "\(bad)")
        }
    }

    @Test func anAnswerIsRead() throws {
        let read = try #require(DNSMessage.answer(answer, to: "EXAMPLE.com", .mx, id: 0x1234))
        #expect(read.outcome == .success && !read.isTruncated)
        #expect(
            read.records.map(\.data) == [
                .mailExchange(preference: 10, host: "mx.example.com"), .mailExchange(preference: 20, host: ""),
            ])
        #expect(read.records.map(\.name) == ["example.com", "example.com"])
        #expect(DNSMessage.answer(answer, to: "example.com", .mx, id: 1) == nil, "another id")
        #expect(DNSMessage.answer(answer, to: "example.org", .mx, id: 0x1234) == nil, "another name")
        #expect(DNSMessage.answer(answer, to: "example.com", .a, id: 0x1234) == nil, "another type")
        #expect(
            DNSMessage.answer(DNSMessage.question("example.com", .mx, id: 1) ?? [], to: "example.com", .mx, id: 1)
                == nil)
    }

    @Test func textsAreJoinedAndCutOnesLeftOut() throws {
        func txt(_ data: [UInt8]) -> [UInt8] {
            [
                0, 1, 0x83, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 1, 97, 0, 0, 16, 0, 1, 0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 1, 0,
                UInt8(data.count),
            ]
                + data
        }
        let read = try #require(DNSMessage.answer(txt([2, 118, 61, 1, 115]), to: "a", .txt, id: 1))
        #expect(read.records.map(\.data) == [.text("v=s")] && read.isTruncated)
        #expect(DNSMessage.answer(txt([9, 118]), to: "a", .txt, id: 1)?.records.isEmpty == true)
    }

    @Test func hostileBytesEndWithoutATrap() {
        let whole = answer
        for count in whole.indices { _ = DNSMessage.answer(Array(whole[..<count]), to: "example.com", .mx, id: 0x1234) }
        for place in whole.indices {
            for value in [UInt8(0), 1, 63, 64, 0xC0, 0xFF] {
                var changed = whole
                changed[place] = value
                _ = DNSMessage.answer(changed, to: "example.com", .mx, id: 0x1234)
            }
        }
        // A pointer at itself, and two at each other.
        for target in [UInt8(29), 31] {
            var loop = Array(whole[..<29]) + [0xC0, target, 0xC0, 29]
            loop[7] = 1
            #expect(DNSMessage.answer(loop, to: "example.com", .mx, id: 0x1234)?.records.isEmpty == true)
        }
    }
}

import MailRouting
import TestKit
import Testing

@Suite("Encoded words of headers")
struct EncodedWordTests {
    @Test(arguments: [
        ("=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"), ("=?utf-8?b?R3LDvMOfZQ==?= aus Bonn", "Grüße aus Bonn"),
        ("=?utf-8?B?R3LDvMOfZQ?=", "Grüße"), ("Re: =?ISO-8859-1?Q?Gr=FC=dfe?=!", "Re: Grüße!"),
        ("=?US-ASCII*en?Q?two_words=3F?=", "two words?"), ("=?utf-8?q?a?= \t =?iso-8859-1?q?b?= c", "ab c"),
        // A character between two words, and a word that is none beside one that is.
        ("=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC=C3=9Fe?=", "Grüße"), ("=?x?Q?a?= =?utf-8?Q?b?=", "=?x?Q?a?= b"),
        ("=?utf-8?Q?a=0D=0AX-Evil:_1=1B[2J?=", "a  X-Evil: 1 [2J"),
        // As they are.
        ("=?utf-8?Q?=C3?=", "=?utf-8?Q?=C3?="), ("=?utf-8?Q?=G0?=", "=?utf-8?Q?=G0?="),
        ("=?us-ascii?Q?=C3?=", "=?us-ascii?Q?=C3?="), ("=?koi8-r?B?8NLJ18XU?=", "=?koi8-r?B?8NLJ18XU?="),
        ("=?utf-8?B?R3L?Dv?=", "=?utf-8?B?R3L?Dv?="), ("=?utf-8?B?A?=", "=?utf-8?B?A?="),
        ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="), ("=?utf-8?Q?a b?=", "=?utf-8?Q?a b?="),
        ("=?utf-8?Q?ab?", "=?utf-8?Q?ab?"),
        ("=?", "=?"), ("=??=", "=??="), ("", ""),
    ])
    func areReadAsPeopleReadThem(text: String, wanted: String) {
        #expect(EncodedWords.decoded(text) == wanted)
    }

    @Test func aSubjectIsDecodedForRulesAndOtherHeadersAreNot() throws {
        let plan = try Routing.plan(
            """
            rules:
              - {ref: greeting, if: 'mail.subject contains "Grüße"', action: drop}
              - {ref: raw, if: 'any(mail.headers["subject"][*] contains "=?")', action: reject, text: raw}
            """)
        #expect(try plan.word("a@example.com", Routing.content("=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=")) == "drop greeting")
        #expect(try plan.word("a@example.com", Routing.content("=?UTF-8?Q?Gru=C3=9F?=")) == "reject raw")
    }

    /// Whatever is sent: nothing traps, nothing grows, nothing is brought in that ends a line.
    @Test func anyTextIsReadWithoutHarm() {
        let pieces = [
            "=?", "?=", "?Q?", "?b?", "utf-8", "iso-8859-1", "=0A", "=C3", "=BC", "QUJD", "=", "?", " ", "ü", "_", "x",
        ]
        var random = SeededGenerator(seed: 2_047)
        for _ in 0..<20_000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...14, using: &random) {
                text += pieces.randomElement(using: &random) ?? ""
            }
            let decoded = EncodedWords.decoded(text)
            #expect(decoded.utf8.count <= 2 * text.utf8.count)
            #expect(!decoded.utf8.contains(0x0A))
            if !text.contains("=?") { #expect(decoded == text) }
        }
        let long = String(repeating: "=?utf-8?q?a?=", count: 2_000)
        #expect(EncodedWords.decoded(long) == long, "longer than what is looked at")
    }
}

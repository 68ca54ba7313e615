import Glibc
import Testing
import WebTransport

@Suite struct WebURLTests {
    @Test(arguments: [
        ("http://Shop.Example", "http://shop.example/"),
        ("HTTPS://shop.example:443/a?b=c#part", "https://shop.example/a?b=c"),
        ("http://shop.example:8080?x", "http://shop.example:8080/?x"),
        ("http://[2001:DB8::1]:81/a/../b", "http://[2001:db8::1]:81/a/../b"),
        ("https://127.0.0.1/%0d%0a", "https://127.0.0.1/%0d%0a"),
    ])
    func isSentAsWritten(text: String, expected: String) throws {
        #expect(try WebURL(text).description == expected)
    }

    @Test(arguments: [
        "", "shop.example", "ftp://shop.example/", "http://", "http:///path", "http://shop.example:0/",
        "http://shop.example:65536/", "http://shop.example:/", "http://user:word@shop.example/", "http://a b/",
        "http://shop.example/a\r\nX-Evil: 1", "http://shop.example/\u{0}", "http://shop.example/ü",
        "http://mü.example/",
        "http://[::1", "http://[1:2]/", "http://shop.example\\@evil.example/", "http://a%2fb/", "http://-o/",
    ])
    func isRefused(text: String) {
        let error = #expect(throws: WebError.self) { try WebURL(text) }
        #expect(error?.code == .invalidRequest)
        #expect(error?.remedy.isEmpty == false)
    }

    @Test func whatIsAcceptedIsVisibleAndReadsBackTheSame() throws {
        var random = SeededNumbers(seed: 20_261)
        let pieces = [
            "http://", "https://", "a", "shop.example", ":", "80", "/", "..", "?", "#", "[", "]", "::1", "@", "\r",
            "\n",
            " ", "\t", "%0a", "é", "\u{7F}", "\u{0}", "\\", "-", "_",
        ]
        var accepted = 0
        for _ in 0..<20_000 {
            let count = Int(random.next() % 7)
            let start = random.next() % 4 == 0 ? "" : "http://a"
            let text = start + (0..<count).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
            guard let url = try? WebURL(text) else { continue }
            accepted += 1
            #expect(url.description.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "seed \(random.seed): \(text)")
            #expect(try WebURL(url.description) == url, "seed \(random.seed): \(text)")
        }
        #expect(accepted > 1000)
    }
}

@Suite struct WebAddressTests {
    @Test(
        arguments: [
            ("192.0.2.7", "192.0.2.7", nil), ("192.0.2.7:8443", "192.0.2.7", 8443), ("::1", "::1", nil),
            ("[2001:DB8::7]:443", "2001:db8::7", 443), ("[::1]", "::1", nil), ("Edge.Example:1", "edge.example", 1),
        ] as [(String, String, Int?)])
    func isRead(text: String, host: String, port: Int?) throws {
        let address = try WebAddress(text)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(try WebAddress(address.description) == address)
    }

    @Test(arguments: ["", ":80", "a:b", "a:0", "[::1", "[a]:1", "::1]:2", "a b", "a\n:1", "1:2:3", "-x", "[::1]x:1"])
    func isRefused(text: String) {
        #expect(throws: WebError.self) { try WebAddress(text) }
    }

    /// The C library is the reference for what is an IP address.
    @Test func agreesWithTheSystemOnAddresses() {
        var random = SeededNumbers(seed: 7)
        let pieces = ["0", "1", "25", "255", "256", "01", "ff", "abcd", "12345", ":", ":", "::", ".", ".", "g"]
        var addresses = 0
        for round in 0..<60_000 {
            let count = 1 + Int(random.next() % 17)
            var text = (0..<count).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
            // Half of the rounds start from something close to an address.
            if round % 2 == 0 {
                let group = { pieces[Int(random.next() % 10)] }
                text = (0..<(3 + Int(random.next() % 7))).map { _ in random.next() % 6 == 0 ? "" : group() }
                    .joined(separator: round % 4 == 0 ? ":" : ".")
            }
            var room = in6_addr()
            let isSystems = inet_pton(AF_INET, text, &room) == 1 || inet_pton(AF_INET6, text, &room) == 1
            let isOurs = (try? WebAddress(host: text))?.isIP ?? false
            #expect(isOurs == isSystems, "seed \(random.seed): \(text)")
            addresses += isOurs ? 1 : 0
        }
        #expect(addresses > 200)
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same seed gives the same numbers everywhere.
struct SeededNumbers: RandomNumberGenerator {
    let seed: UInt64
    private var state: UInt64

    init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

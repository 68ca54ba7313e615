import Testing
import WebTransport

@Suite struct WebHeaderTests {
    @Test(arguments: [
        ("X-A", "1\r\nX-Evil: 1"), ("X-A", "1\nX-Evil: 1"), ("X-A", "a\rb"), ("X-A", "a\u{0}b"), ("X-A", "a\u{7F}"),
        ("X-A: b", "c"), ("X A", "c"), ("X-A\r\nB", "c"), ("", "c"), ("Ä", "c"),
    ])
    func aSecondLineCannotBeSmuggledIn(name: String, value: String) {
        let error = #expect(throws: WebError.self) { try WebHeader(name, value) }
        #expect(error?.code == .invalidRequest)
    }

    @Test func keepsOrderAndDuplicates() throws {
        let headers = try WebHeaders(["B": "1", "a": " 2 ", "b": "3", "C": "\tü\t"])
        #expect(headers.lines.map(\.name) == ["B", "a", "b", "C"])
        #expect(headers["b"] == ["1", "3"])
        #expect(headers.first("A") == "2")
        #expect(headers.first("c") == "ü")
        #expect(headers.first("d") == nil)
    }

    /// Every byte of ASCII against the list of RFC 9110 §5.6.2.
    @Test func namesAreTokensAndNothingElse() {
        let list = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
        for byte in UInt8(0)...127 {
            let name = String(UnicodeScalar(byte))
            #expect(((try? WebHeader(name, "x")) != nil) == list.contains(name), "byte \(byte)")
        }
        #expect((try? WebHeader("é", "x")) == nil)
    }

    @Test func namesIgnoreTheCaseOfLettersAlone() throws {
        let line = try WebHeader("X-Amz-Meta-Origin", "press")
        #expect(
            line.isNamed("x-amz-META-origin") && !line.isNamed("x-amz-meta-origi") && !line.isNamed("x-amz-meta_origin")
        )
        #expect(line.name(after: "x-amz-meta-") == "origin")
        #expect(line.name(after: "x-amz-meta-origin") == nil && line.name(after: "x-goog-meta-") == nil)
        #expect(try !WebHeader("a@b".replacing("@", with: "^"), "").isNamed("a~b"))
    }

    @Test func receivedLinesAreMadeHarmless() {
        let line = WebHeader(received: "X Y\n", "a\r\nb\u{0}")
        #expect(line.name == "X_Y_")
        #expect(line.value == "a  b")
    }
}

@Suite struct WebRequestTests {
    private let url: WebURL

    init() throws { url = try WebURL("https://shop.example/") }

    @Test func anOrdinaryRequestPasses() throws {
        try WebRequest(.get, url).check()
        try WebRequest(.post, url, body: [1]).check()
        try WebRequest(.head, url, redirects: .followed(atMost: 5)).check()
    }

    @Test func combinationsThatMakeNoSenseAreRefused() throws {
        let refused = [
            WebRequest(.get, url, body: [1]),
            WebRequest(.post, url, headers: try WebHeaders(["content-length": "7"]), body: [1]),
            WebRequest(.post, url, headers: try WebHeaders(["Transfer-Encoding": "chunked"]), body: [1]),
            WebRequest(.get, url, headers: try WebHeaders(["Host": "a", "host": "b"])),
            WebRequest(.post, url, redirects: .followed(atMost: 5)),
            WebRequest(.get, url, redirects: .followed(atMost: 0)),
            WebRequest(.get, url, connectTo: try WebAddress("127.0.0.1"), unixSocket: "/run/a"),
            WebRequest(.get, url, unixSocket: ""),
            WebRequest(.get, url, trust: .authority(file: "")),
            WebRequest(.get, url, maximumBodyBytes: -1),
        ]
        for request in refused {
            #expect(throws: WebError.self, "\(request)") { try request.check() }
        }
    }

    @Test func methodsAreTokens() throws {
        #expect(try WebMethod("PURGE").name == "PURGE")
        #expect(try WebMethod("GET").isSafe)
        #expect(try !WebMethod("DELETE").isSafe)
        for text in ["", "GET /", "G\r\n", "CONNECT", "TRACE"] {
            #expect(throws: WebError.self) { try WebMethod(text) }
        }
    }

    @Test func deadlinesHaveBounds() throws {
        #expect(throws: WebError.self) { try WebDeadlines(connect: .zero, total: .seconds(1)) }
        #expect(throws: WebError.self) { try WebDeadlines(connect: .seconds(1), total: .seconds(86_401)) }
        #expect(try WebDeadlines(connect: .milliseconds(1), total: .seconds(2)).total == .seconds(2))
    }

    @Test func phasesAddUpToTheTotal() {
        let timings = WebTimings(nameLookup: 100, connect: 350, tls: 1350, firstByte: 5000, total: 5200)
        #expect(WebPhase.allCases.compactMap(timings.spent) == [100, 250, 1000, 3650, 200])
        let backwards = WebTimings(nameLookup: 50, connect: 0, tls: nil, firstByte: 20, total: 40)
        #expect(WebPhase.allCases.map(backwards.spent) == [50, 0, nil, 0, 0])
    }
}

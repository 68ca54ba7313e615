import EdgeEngine
import Testing

@Suite("What Envoy makes of a request before rules see it")
struct ShapingTests {
    /// Seen from Envoy 1.39.3 with the same settings.
    static let paths: [(String, String?)] = [
        ("/%2e/a", "/a"), ("/a/%2E%2e/b", "/b"), ("/../../x", "/x"), ("/a/..", "/"), ("/a/.", "/a/"), ("/..", "/"),
        ("/a//b", "/a/b"), ("//a", "/a"), ("/a/%2f..", "/a/%2f.."), (#"/a\b"#, "/a/b"), (#"/a\..\b"#, "/b"),
        ("/a%5c..%5cb", "/a%5c..%5cb"), ("/%", "/%"), ("/%4", "/%4"), ("/%zz", "/%zz"), ("/a%41%7e", "/aA~"),
        ("/a%00b", nil), ("/a/...", "/a/..."), ("/a/.b/..c", "/a/.b/..c"), ("*", nil), ("/?a=../b//c", "/?a=../b//c"),
        ("/a#b", nil), ("/a?b#c", nil), ("/a;x/../b", "/b"), ("/%C3%a9", "/%C3%a9"), ("/é", nil),
        ("/a?x=%00", "/a?x=%00"),
        ("/a/..;/b", "/b"), ("/a/..;x=1/b", "/b"), ("/a/.;x", "/a/"), ("/a/%2e%2e;/b", "/a/..;/b"),
        ("/a/..%3b/b", "/a/..%3b/b"),
        ("/a/..;%2f/b", "/b"), (#"/a\..;/b"#, "/a/..;/b"), (#"/..;\b"#, "/"), ("/a/..%2e/b", "/a/.../b"),
        ("/a;/..", "/"),
        ("/a|b^c`d{e}<f>\"", "/a%7Cb%5Ec%60d%7Be%7D%3Cf%3E%22"), ("/a/%252e%252e/b", "/a/%252e%252e/b"),
        ("/a//../b", "/a/b"),
        ("", nil), ("a", nil), ("/a b", nil),
    ]

    @Test("Paths", arguments: paths)
    func path(target: String, expected: String?) {
        let seen = PathNormalization.normalize(Array(target.utf8)).map { String(decoding: $0, as: UTF8.self) }
        #expect(seen == expected)
    }

    @Test("Normalizing twice changes nothing more")
    func idempotent() {
        for (target, _) in Self.paths where !target.contains(";") {
            guard let once = PathNormalization.normalize(Array(target.utf8)) else { continue }
            #expect(PathNormalization.normalize(once) == once, "\(target)")
        }
    }

    @Test(
        "Hosts",
        arguments: [
            ("A.b", "A.b"), ("a..", "a."), ("a.:80", "a"), ("[::1]:80", "[::1]"), ("[::1]", "[::1]"), ("a:b", "a:b"),
            ("a:80:90", "a:80"), (".", ""),
        ])
    func host(given: String, expected: String) throws {
        #expect(try EdgeRequest(host: given).shaped().authority == Array(expected.utf8))
    }

    private func headers(_ name: String, _ values: [String]) throws -> [String] {
        let request = EdgeRequest(host: "a", headers: values.map { .init(name, $0) })
        return try request.shaped().headers.filter { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
    }

    /// Seen from Envoy 1.39.3, as are those that it takes out.
    @Test(
        "Referers that Envoy lets through",
        arguments: [
            "", "*", "/", "/a:b", "a/b:c", "//u@a/b", "/://", "?a", "a%20b", "-", "x!$%&'()*+,-./;=?@_~",
            "http://a", "HTTP://A/", "a1+b-c.d://b/", "android-app://com.x/", "http://@a/", "http://a/#", "http://a/##",
            "http://a?#", "http://a?b?c", "http://a/u@b", "http://a/[\\]^`{|}\"<>", "http://.a/", "http://a..b/",
            "http://a:0/", "http://a:65535", "http://a:000000000000080/", "http://a:80?x", "http://[::1]:80/",
            "http://[1.2.3.4]/", "http://[::ffff:1.2.3.4]/", "http://[1:2:3:4:5:6:7:8]/", "http://[fe80::1%1]/",
        ])
    func refererKept(value: String) throws { #expect(try headers("referer", [value]) == [value]) }

    @Test(
        "Referers that Envoy takes out",
        arguments: [
            "a:b", "a?b:c", "about:blank", "mailto:a@b", "http:", "http:/a", "http://", "http:///a", "http://?", "://b",
            "1a://b/", "a b", "/é", "/[", "/{", "/\"", "/a?b#c", "x/://#", "http://u@a/", "http://u:p@a/",
            "http://:@a/",
            "http://@@a/", "http://u@/", "http://a_b/", "http://a~b/", "http://a!b/", "http://a%20b/", "http://é/",
            "http://a/é", "http://a/b c", "http://a/#f", "http://a/#x", "http://a#", "http://a:80#", "http://a:/",
            "http://a:x/", "http://a:-1/", "http://a:65536/", "http://a:80:80/", "http://:80/", "http://[]/",
            "http://[zz]/", "http://[1:2]/", "http://[::1", "http://[::1]x/", "http://[::1]:/", "http://[::1]:70000/",
        ])
    func refererTaken(value: String) throws { #expect(try headers("referer", [value]) == []) }

    @Test("Values of a repeated header are joined; empty ones add no comma")
    func joined() throws {
        #expect(try headers("referer", ["http://a/", "http://u@b/"]) == ["http://a/,http://u@b/"])
        #expect(try headers("referer", ["a:b", "/b"]) == [])
        #expect(try headers("referer", ["/a", ""]) == ["/a"])
        #expect(try headers("user-agent", ["", "b", ""]) == ["b"])
        #expect(try headers("user-agent", ["a", "b"]) == ["a,b"])
    }

    @Test("What Envoy answers with 400 is refused")
    func refusals() {
        for request in [
            EdgeRequest(method: "get", host: "a"), EdgeRequest(method: "CONNECT", host: "a"), EdgeRequest(host: "a/b"),
            EdgeRequest(host: "a b"), EdgeRequest(host: "a", headers: [.init("x y", "1")]),
            EdgeRequest(host: "a", headers: [.init("x", "a\u{1}b")]), EdgeRequest(host: "a", target: "/#"),
        ] {
            #expect(throws: RequestRefusal.self) { try request.shaped() }
        }
    }
}

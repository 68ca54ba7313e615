import RulesLanguage
import Testing

@Suite("Hashes and timed tokens")
struct TokenTests {
    private func value(_ text: String, _ fields: [FieldID: FieldValue] = [:]) throws -> [UInt8]? {
        try Expression(text, mode: .value).evaluateValue(fields)
    }

    /// FIPS 180-2 appendix B.1, and the empty text.
    @Test("sha256 is 32 bytes, and base64 makes a text of them")
    func hash() throws {
        #expect(try value("sha256(http.host)", [.httpHost: .string("abc")]) == SecureHash.hash(Array("abc".utf8)))
        #expect(try value("sha256(http.host)", [.httpHost: .string("abc")])?.prefix(4) == [0xba, 0x78, 0x16, 0xbf])
        #expect(
            try value(#"encode_base64(sha256("abc"), "p")"#)
                == Array("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=".utf8))
        #expect(
            try value(#"encode_base64(sha256(""))"#) == Array("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU".utf8))
        #expect(try value("sha256(http.host)") == nil)
    }

    private let issued: Int64 = 1_657_026_353

    /// A link that an article on validating tokens with Cloudflare prints, with its key
    /// (cloudflare-hmac.pages.dev/posts/hmac_validation).
    private let link = "/tokenauth/kayak.mp4?verify=1657026353-ZXJWAyFwAgJSY%2B5j3CkJE80TatA33E3MEH4D%2FkSnh7M%3D"

    private func isValid(
        _ text: String, key: String = "cloudflare", lifetime: Int64 = 60, now: Int64, separator: Int = 8,
        flags: String? = nil
    ) throws -> Bool {
        let last = flags.map { ", \"\($0)\"" } ?? ""
        let call = "http.request.uri, \(lifetime), http.request.timestamp.sec, \(separator)\(last)"
        return try Expression("is_timed_hmac_valid_v0(\"\(key)\", \(call))")
            .evaluate([.uri: .string(text), .timestampSeconds: .int(now)])
    }

    @Test("a published link is valid from its second to the end of its lifetime")
    func published() throws {
        for now in [issued, issued + 60, issued - 3_600] { #expect(try isValid(link, now: now)) }
        for now in [issued + 61, issued + 1_000_000] { #expect(try !isValid(link, now: now)) }
        #expect(try isValid(link, lifetime: 0, now: issued))
        // Padding and the plus sign need no escape, and a code's letters may be escaped.
        for (from, to) in [("%3D", ""), ("%3D", "="), ("%2B", "+"), ("ZXJW", "%5AXJW")] {
            #expect(try isValid(link.replacing(from, with: to), now: issued), "\(to) for \(from)")
        }
    }

    @Test(
        "whatever else is changed makes it invalid",
        arguments: [
            ("kayak", "kayaK"), ("1657026353", "1657026354"), ("1657026353", "657026353"), ("-ZX", "ZX"),
            ("ZXJW", "ZXJX"), ("7M%3D", "7M%3D%3D"), ("%3D", "A%3D"), ("%2B", "-"), ("%2F", "_"), ("%3D", "%3"),
            ("%3D", "%"), ("h7M%3D", ""), ("ZXJW", "Z XJW"), ("?verify=", "&verify=x"),
        ])
    func changed(from: String, to: String) throws {
        #expect(try !isValid(link.replacing(from, with: to), now: issued))
    }

    @Test("key, separator and flag are part of it")
    func parts() throws {
        #expect(try !isValid(link, key: "Cloudflare", now: issued))
        for separator in [0, 7, 9, 28, 4_096] { #expect(try !isValid(link, now: issued, separator: separator)) }
        #expect(try !isValid(link, now: issued, flags: "s"))
        for text in ["", "-", "1657026353-", "?verify=1657026353-ZXJW", String(link.suffix(63))] {
            #expect(try !isValid(text, now: issued), "\(text)")
        }
    }

    @Test("with the flag the code is in the URL alphabet, minus signs and all")
    func urlSafe() throws {
        let message = Array("/a1657026353".utf8)
        for number in 0..<40 {
            let key = "key\(number)"
            let code = SecureHash.authenticationCode(for: message, key: Array(key.utf8))
            let text = try #require(
                try value(#"encode_base64(http.host, "u")"#, [.httpHost: .bytes(code)])
                    .map { String(decoding: $0, as: UTF8.self) })
            #expect(try isValid("/a&t=1657026353-\(text)", key: key, now: issued, separator: 3, flags: "s"))
            #expect(try !isValid("/a&t=1657026353-\(text)A", key: key, now: issued, separator: 3, flags: "s"))
            #expect(try !isValid("/a&t=1657026353-\(text)=", key: key, now: issued, separator: 3, flags: "s"))
            let isPlain = !text.contains("-") && !text.contains("_")
            #expect(try isValid("/a&t=1657026353-\(text)", key: key, now: issued, separator: 3) == isPlain)
        }
    }

    @Test("a missing token is none, so that a rule against invalid ones catches it")
    func missing() throws {
        let expression = try Expression(
            #"not is_timed_hmac_valid_v0("k", http.request.headers["token"][0], 60, http.request.timestamp.sec)"#)
        #expect(try expression.evaluate([.timestampSeconds: .int(issued)]))
    }

    @Test(
        "arguments are checked",
        arguments: [
            #"is_timed_hmac_valid_v0("", http.request.uri, 60, http.request.timestamp.sec)"#,
            #"is_timed_hmac_valid_v0("k", http.request.uri, -1, http.request.timestamp.sec)"#,
            #"is_timed_hmac_valid_v0("k", http.request.uri, 60, http.request.timestamp.sec, -1)"#,
            #"is_timed_hmac_valid_v0("k", http.request.uri, 60, http.request.timestamp.sec, 8, "u")"#,
            #"is_timed_hmac_valid_v0("k", "literal", 60, http.request.timestamp.sec)"#,
            #"is_timed_hmac_valid_v0(http.host, http.request.uri, 60, http.request.timestamp.sec)"#,
            #"is_timed_hmac_valid_v0("k", http.request.uri, 60)"#,
        ])
    func refused(text: String) {
        #expect(throws: ExpressionErrors.self) { try Expression(text) }
    }
}

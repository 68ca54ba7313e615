import EdgePlan
import Testing

@Suite("Live traces are signed")
struct LiveTraceTests {
    private func text(_ bytes: [UInt8]) -> String { Digest(bytes: bytes).rawValue }

    /// Examples of FIPS 180-2, appendix B, and lengths around the block's end from NIST's CAVP (SHA256ShortMsg).
    @Test(
        "the hash is SHA-256",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                String(repeating: "a", count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ])
    func hash(message: String, digest: String) {
        #expect(text(TraceHash.hash(Array(message.utf8))) == digest)
    }

    /// RFC 4231 §4.2, §4.3, §4.7: a short key, a text key, a key longer than a block.
    @Test(
        "the code is HMAC-SHA-256",
        arguments: [
            (
                [UInt8](repeating: 0x0b, count: 20), "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
        ])
    func code(key: [UInt8], message: String, code: String) {
        #expect(text(TraceHash.authenticationCode(for: Array(message.utf8), key: key)) == code)
    }

    private let key = TraceKey(tokenDigest: Digest(bytes: [UInt8](repeating: 7, count: 32)))
    private let now: Int64 = 1_795_260_600

    private func value(expires: Int64? = nil) -> String {
        LiveTrace.sign(
            method: Array("GET".utf8), host: Array("Shop.test".utf8), path: Array("/a?b=1".utf8),
            expires: expires ?? now + LiveTrace.lifetime, nonce: 0xfeed, key: key)
    }

    private func isSigned(
        _ value: String, method: String = "GET", host: String = "shop.test", path: String = "/a?b=1",
        at time: Int64? = nil, key: TraceKey? = nil
    ) -> Bool {
        Array(value.utf8).withUnsafeBytes { value in
            Array(method.utf8).withUnsafeBytes { method in
                Array(host.utf8).withUnsafeBytes { host in
                    Array(path.utf8).withUnsafeBytes { path in
                        LiveTrace.isSigned(
                            value, method: method, host: host, path: path, now: time ?? now, key: key ?? self.key)
                    }
                }
            }
        }
    }

    @Test("a signature is good for its request, its node and a minute")
    func signature() throws {
        let signed = value()
        #expect(isSigned(signed))
        #expect(!isSigned(signed, method: "POST"))
        #expect(!isSigned(signed, host: "shop.tes"))
        #expect(!isSigned(signed, path: "/a?b=2"))
        #expect(!isSigned(signed, key: TraceKey(tokenDigest: Digest(bytes: [UInt8](repeating: 8, count: 32)))))
        #expect(isSigned(signed, at: now + 60) && !isSigned(signed, at: now + 61))
        #expect(isSigned(signed, at: now - 30), "the signer's clock is ahead")
        #expect(!isSigned(signed, at: now - 31) && !isSigned(value(expires: now + 3_600)))
    }

    @Test("what is changed, cut, lengthened or made up is no signature")
    func forgery() {
        let signed = Array(value().utf8)
        for index in signed.indices {
            var forged = signed
            forged[index] ^= 1
            #expect(!isSigned(String(decoding: forged, as: UTF8.self)), "\(index)")
            #expect(!isSigned(String(decoding: signed[..<index], as: UTF8.self)), "\(index)")
        }
        for text in [
            "", ";;", "1;2;3", value() + "0", value() + ";", ";" + value(), value().uppercased(),
            String(repeating: "9", count: 90) + ";0000000000000000;" + String(repeating: "0", count: 64),
            "\(now + 9);0000000000000000;" + String(repeating: "0", count: 64),
        ] {
            #expect(!isSigned(text), "\(text)")
        }
    }

    @Test("a key is 64 digits, and gives the token's digest away to nobody")
    func keys() throws {
        let text = key.hexadecimal
        #expect(text.utf8.count == 64 && !text.contains("0707"))
        #expect(TraceKey(hexadecimal: Array((text + "\n").utf8)) == key)
        for wrong in ["", String(text.dropLast()), text + "0", text.uppercased(), "\n" + text] {
            #expect(TraceKey(hexadecimal: Array(wrong.utf8)) == nil, "\(wrong)")
        }
    }
}

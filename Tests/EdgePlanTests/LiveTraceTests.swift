import EdgePlan
import Testing

@Suite("Live traces are signed")
struct LiveTraceTests {
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

import RulesLanguage
import Testing

@Suite("SHA-256 and HMAC")
struct SecureHashTests {
    private static func digits(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

    private func text(_ bytes: [UInt8]) -> String { bytes.map { SecureHashTests.digits($0) }.joined() }

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
        #expect(text(SecureHash.hash(Array(message.utf8))) == digest)
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
        #expect(text(SecureHash.authenticationCode(for: Array(message.utf8), key: key)) == code)
    }

    @Test("pieces of any length make the same hash", arguments: [1, 7, 55, 56, 63, 64, 65, 200])
    func pieces(size: Int) {
        let message = (0..<1_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var hash = SecureHash()
        var result = [UInt8](repeating: 0, count: SecureHash.size)
        for start in stride(from: 0, to: message.count, by: size) {
            Array(message[start..<min(start + size, message.count)]).withUnsafeBytes { hash.update($0) }
        }
        result.withUnsafeMutableBufferPointer { buffer in
            if let target = buffer.baseAddress { hash.finish(into: target) }
        }
        #expect(result == SecureHash.hash(message))
    }
}

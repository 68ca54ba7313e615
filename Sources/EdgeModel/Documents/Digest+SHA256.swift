internal import struct Crypto.SHA256
package import struct EdgePlan.Digest

extension Digest {
    /// SHA-256 of the UTF-8 bytes of a text.
    package static func sha256(of text: String) -> Digest { sha256(of: Array(text.utf8)) }

    package static func sha256(of bytes: [UInt8]) -> Digest {
        Digest(bytes: SHA256.hash(data: bytes))
    }
}

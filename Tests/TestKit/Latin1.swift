/// Bytes as text without loss: every byte becomes the code point of the same number.
///
/// HTTP heads are bytes, not UTF-8. Tests that send hostile bytes must read back exactly what went out, which a
/// repairing decoder would hide.
package enum Latin1 {
    package static func string(_ bytes: some Collection<UInt8>) -> String {
        if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
        var text = String.UnicodeScalarView()
        for byte in bytes { text.append(Unicode.Scalar(byte)) }
        return String(text)
    }

    /// The bytes of a text made by ``string(_:)``; nil when the text holds a code point above 255.
    package static func bytes(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            guard let byte = UInt8(exactly: scalar.value) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}

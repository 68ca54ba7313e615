/// Text in letters, digits, dots and hyphens, so that it can be part of a local part, of a log line or of a list; anything
/// else is an underscore and two hexadecimal digits.
enum PlainField {
    static func encode(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            // Two dots side by side, or one at an end, would make the local part need quotes.
            let isInnerDot =
                byte == 0x2E && index > 0 && index + 1 < bytes.count && isPlain(bytes[index - 1])
                && isPlain(bytes[index + 1])
            if isPlain(byte) || isInnerDot {
                out.append(byte)
            } else {
                out += [0x5F, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Nil for what ``encode(_:)`` never writes.
    static func decode(_ text: Substring) -> String? {
        var out: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == 0x5F {
                guard let high = rest.popFirst().flatMap({ digits.firstIndex(of: $0) }),
                    let low = rest.popFirst().flatMap({ digits.firstIndex(of: $0) })
                else { return nil }
                out.append(UInt8(high << 4 | low))
            } else {
                guard isPlain(byte) || byte == 0x2E else { return nil }
                out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static let digits = Array("0123456789abcdef".utf8)

    /// Lower case only: a host on the way may fold a local part.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D
    }
}

/// Percent-encoding as signatures want it: everything but letters, digits and `-._~`, in capital hexadecimal digits
/// (RFC 3986 §2.1, §2.3).
package enum PercentEncoding {
    /// - Parameter keeps: whether `/` stays as it is, as it does in a path.
    package static func encode(_ bytes: some Collection<UInt8>, keepingSlashes keeps: Bool) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 3) { buffer in
            var count = 0
            for byte in bytes {
                if plain[Int(byte)] || (keeps && byte == UInt8(ascii: "/")) {
                    buffer[count] = byte
                    count += 1
                } else {
                    buffer[count] = UInt8(ascii: "%")
                    buffer[count + 1] = digits[Int(byte >> 4)]
                    buffer[count + 2] = digits[Int(byte & 15)]
                    count += 3
                }
            }
            return count
        }
    }

    /// Undoes the encoding of a listing, in which a blank may be `+`. What is no valid escape stays as it is.
    package static func decode(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else { return bytes }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%"), index + 2 < bytes.count, let high = value(bytes[index + 1]),
                let low = value(bytes[index + 2])
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
                index += 1
            }
        }
        return decoded
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }

    private static let plain: [Bool] = (0...255).map { byte in
        switch UInt8(byte) {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
    private static let digits = Array("0123456789ABCDEF".utf8)
}

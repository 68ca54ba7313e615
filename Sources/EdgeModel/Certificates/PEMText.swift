/// PEM text of certificates (RFC 7468), as far as can be told without reading them: whether each block is base64 of
/// what has the outline of a certificate. Envoy refuses every cluster when one has authorities that it cannot read.
enum PEMText {
    /// What is wrong with a text of certificates; nil: nothing that can be seen from outside.
    static func problem(_ text: String) -> String? {
        var count = 0
        var block: [UInt8]?
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.trimmingSpaces
            if line == "-----BEGIN CERTIFICATE-----" {
                guard block == nil else { return "certificate \(count + 1) begins again before its end" }
                block = []
            } else if line == "-----END CERTIFICATE-----" {
                guard let base64 = block else { return "an end without a beginning" }
                count += 1
                block = nil
                guard let bytes = decoded(base64) else { return "certificate \(count) is no base64" }
                guard isCertificate(bytes[...]) else { return "certificate \(count) is cut off or no certificate" }
            } else {
                // Text between certificates is a comment.
                block?.append(contentsOf: line.utf8)
            }
        }
        if block != nil { return "certificate \(count + 1) has no end" }
        return count == 0 ? "it holds no certificate" : nil
    }

    /// RFC 4648 §4, padding included.
    private static func decoded(_ text: [UInt8]) -> [UInt8]? {
        guard !text.isEmpty, text.count % 4 == 0 else { return nil }
        let padding = text.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        for (index, byte) in text.enumerated() {
            let value: UInt32
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = UInt32(byte) - 65
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = UInt32(byte) - 71
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt32(byte) + 4
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            case UInt8(ascii: "=") where index >= text.count - padding: value = 0
            default: return nil
            }
            bits = bits << 6 | value
            if index % 4 == 3 {
                bytes += [UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8)]
                bytes.append(UInt8(truncatingIfNeeded: bits))
                bits = 0
            }
        }
        return Array(bytes.dropLast(padding))
    }

    /// RFC 5280 §4.1: a sequence of exactly two sequences and a bit string.
    private static func isCertificate(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let outer = element(bytes), outer.tag == 0x30, outer.rest.isEmpty else { return false }
        guard let body = element(outer.content), body.tag == 0x30 else { return false }
        guard let algorithm = element(body.rest), algorithm.tag == 0x30 else { return false }
        guard let signature = element(algorithm.rest), signature.tag == 0x03 else { return false }
        return signature.rest.isEmpty
    }

    private static func element(
        _ bytes: ArraySlice<UInt8>
    ) -> (tag: UInt8, content: ArraySlice<UInt8>, rest: ArraySlice<UInt8>)? {
        guard bytes.count >= 2, let tag = bytes.first else { return nil }
        var start = bytes.startIndex + 2
        var length = Int(bytes[bytes.startIndex + 1])
        if length >= 0x80 {
            let count = length & 0x7F
            guard (1...4).contains(count), bytes.endIndex - start >= count else { return nil }
            length = bytes[start..<start + count].reduce(0) { $0 << 8 | Int($1) }
            start += count
        }
        guard length <= bytes.endIndex - start else { return nil }
        return (tag, bytes[start..<start + length], bytes[(start + length)...])
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        var text = self.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}

/// Text for finding: lower case, scalar by scalar, so that a place in it is a place in the original.
enum Folding {
    static func fold(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let value = scalar.value
        if value < 0x80 {
            return value >= 0x41 && value <= 0x5A ? Unicode.Scalar(UInt8(value + 0x20)) : scalar
        }
        // Where lower case is longer than one scalar the first one stands for it, on both sides of a comparison.
        return scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
    }

    static func fold(_ text: some StringProtocol) -> [UInt8] {
        var bytes: [UInt8] = []
        append(text, to: &bytes)
        return bytes
    }

    /// Appends folded UTF-8. A field separator inside of the text becomes a blank.
    static func append(_ text: some StringProtocol, to bytes: inout [UInt8]) {
        var rest: String?
        let plain: Void? = text.utf8.withContiguousStorageIfAvailable { source in
            let start = bytes.count
            for byte in source {
                if byte >= 0x80 {
                    bytes.removeSubrange(start...)
                    rest = String(text)
                    return
                }
                let isUpper = byte >= 0x41 && byte <= 0x5A
                bytes.append(isUpper ? byte | 0x20 : byte == FoldedRows.separator ? 0x20 : byte)
            }
        }
        if plain == nil { rest = String(text) }
        guard let rest else { return }
        for scalar in rest.unicodeScalars {
            let folded = scalar.value == UInt32(FoldedRows.separator) ? " " : fold(scalar)
            bytes.append(contentsOf: UTF8.encode(folded) ?? UTF8.encodedReplacementCharacter)
        }
    }
}

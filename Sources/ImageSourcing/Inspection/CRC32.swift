/// The checksum of PNG chunks (PNG 3rd edition, annex D), eight bytes a step.
struct CRC32: Sendable {
    private var state: UInt32 = 0xFFFF_FFFF

    var value: UInt32 { ~state }

    mutating func update(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        var crc = state
        Self.tables.withUnsafeBufferPointer { table in
            bytes.withUnsafeBufferPointer { all in
                // Bounds are checked once: `extracting` traps on a range outside.
                let bytes = all.extracting(range)
                var i = 0
                while i + 8 <= bytes.count {
                    let low =
                        crc
                        ^ (UInt32(bytes[i]) | UInt32(bytes[i + 1]) << 8 | UInt32(bytes[i + 2]) << 16
                            | UInt32(bytes[i + 3]) << 24)
                    let near =
                        table[1792 + Int(low & 0xFF)] ^ table[1536 + Int(low >> 8 & 0xFF)]
                        ^ table[1280 + Int(low >> 16 & 0xFF)] ^ table[1024 + Int(low >> 24)]
                    let far =
                        table[768 + Int(bytes[i + 4])] ^ table[512 + Int(bytes[i + 5])]
                        ^ table[256 + Int(bytes[i + 6])] ^ table[Int(bytes[i + 7])]
                    crc = near ^ far
                    i += 8
                }
                while i < bytes.count {
                    crc = table[Int((crc ^ UInt32(bytes[i])) & 0xFF)] ^ (crc >> 8)
                    i += 1
                }
            }
        }
        state = crc
    }

    /// Table k turns a byte that has k more bytes behind it in the step.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for n in 0..<256 {
            var c = UInt32(n)
            for _ in 0..<8 { c = c & 1 == 1 ? 0xEDB8_8320 ^ (c >> 1) : c >> 1 }
            tables[n] = c
        }
        for k in 1..<8 {
            for n in 0..<256 {
                let before = tables[(k - 1) * 256 + n]
                tables[k * 256 + n] = tables[Int(before & 0xFF)] ^ (before >> 8)
            }
        }
        return tables
    }()
}

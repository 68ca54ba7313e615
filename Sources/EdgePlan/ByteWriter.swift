/// Grows a little-endian byte string.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ numbers: [UInt32]) {
        for number in numbers { append(number) }
    }

    mutating func append(contentsOf more: [UInt8]) { bytes += more }

    mutating func patch<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
        withUnsafeBytes(of: number.littleEndian) { new in
            for (index, byte) in new.enumerated() { bytes[offset + index] = byte }
        }
    }
}

/// Byte strings of a plan, each once.
struct PlanPool {
    private(set) var writer = ByteWriter()
    private var known: [[UInt8]: UInt32] = [:]

    /// Where the bytes stand, appended unless they were before.
    mutating func intern(_ bytes: [UInt8]) -> UInt32 {
        if let offset = known[bytes] { return offset }
        let offset = UInt32(clamping: writer.bytes.count)
        known[bytes] = offset
        writer.append(contentsOf: bytes)
        return offset
    }

    /// Appends at a multiple of eight, so that readers may load words.
    mutating func appendAligned(_ bytes: [UInt8]) -> UInt32 {
        while writer.bytes.count % 8 != 0 { writer.append(UInt8(0)) }
        let offset = UInt32(clamping: writer.bytes.count)
        writer.append(contentsOf: bytes)
        return offset
    }
}

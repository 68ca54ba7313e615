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

    mutating func append(contentsOf more: UnsafeRawBufferPointer) { bytes.append(contentsOf: more) }

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    /// Whether these bytes stand at the offset.
    func holds(_ other: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        guard offset + other.count <= bytes.count else { return false }
        return bytes.withUnsafeBytes { $0[offset..<offset + other.count].elementsEqual(other) }
    }

    mutating func patch<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
        withUnsafeBytes(of: number.littleEndian) { new in
            for (index, byte) in new.enumerated() { bytes[offset + index] = byte }
        }
    }
}

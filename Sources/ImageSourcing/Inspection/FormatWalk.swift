/// Walks through the structure of one format while its bytes pass: finds where it ends, what is missing, and the
/// dimensions on the way. Nothing is decoded, and no more than `Gathered.limit` bytes are ever kept.
protocol FormatWalk: Sendable {
    var facts: ImageFacts { get }
    /// The next bytes in order; never called again after anything but `more`.
    mutating func consume(_ bytes: Span<UInt8>) -> WalkState
    /// The bytes have ended while there was `more` to come.
    func end() -> WalkState
}

enum WalkState: Hashable, Sendable {
    case more
    case whole
    case flaw(Flaw)
}

/// Some bytes that are needed together, gathered across chunks.
struct Gathered: Sendable {
    /// Bytes that a walk may keep at once.
    static let limit = 64 << 10

    private(set) var bytes: [UInt8] = []

    /// Takes what is there, up to `count` in all.
    /// - Returns: whether all of them are here now.
    mutating func take(_ count: Int, from span: Span<UInt8>, at index: inout Int) -> Bool {
        let wanted = min(count, Self.limit)
        let end = index + min(wanted - bytes.count, span.count - index)
        while index < end {
            bytes.append(span[index])
            index += 1
        }
        return bytes.count >= wanted
    }

    mutating func clear() { bytes.removeAll(keepingCapacity: true) }
}

/// Numbers in bytes; outside of them everything is 0, so that no hostile length can lead astray.
extension [UInt8] {
    func byte(_ index: Int) -> Int { index >= 0 && index < count ? Int(self[index]) : 0 }

    func bigEndian(_ index: Int, _ width: Int) -> UInt64 {
        (0..<width).reduce(0) { $0 << 8 | UInt64(byte(index + $1)) }
    }

    func littleEndian(_ index: Int, _ width: Int) -> Int {
        (0..<Swift.min(width, 7)).reduce(0) { $0 | byte(index + $1) << (8 * $1) }
    }
}

extension Span<UInt8> {
    /// The place of the first byte from `start` on in which all bits are set, or the end. Eight bytes a step: most of a
    /// JPEG is looked through for its markers alone.
    func firstFF(from start: Int) -> Int {
        var index = start
        while index + 8 <= count {
            let zeros = ~bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            // The lowest byte of which all bits are zero has its top bit in this.
            let found = (zeros &- 0x0101_0101_0101_0101) & ~zeros & 0x8080_8080_8080_8080
            guard found == 0 else { return index + UInt64(littleEndian: found).trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count, self[index] != 0xFF { index += 1 }
        return index
    }
}

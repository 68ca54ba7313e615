/// Finds bytes in bytes, sixteen places at a time: a filter looks through 100,000 rows between two keys.
enum ByteSearch {
    /// How many readable bytes must follow the text: a step reads sixteen, also at its end.
    static let padding = 16

    /// Whether `needle` occurs in the first `count` bytes.
    ///
    /// - Precondition: `text` has `count + needle.count + padding` readable bytes.
    static func contains(_ text: UnsafeRawPointer, _ count: Int, _ needle: UnsafeBufferPointer<UInt8>) -> Bool {
        let length = needle.count
        if length == 0 { return true }
        if length > count { return false }
        let first = SIMD16<UInt8>(repeating: needle[0])
        let last = SIMD16<UInt8>(repeating: needle[length - 1])
        let places = count - length + 1
        var place = 0
        while place < places {
            let heads = text.loadUnaligned(fromByteOffset: place, as: SIMD16<UInt8>.self) .== first
            let tails = text.loadUnaligned(fromByteOffset: place + length - 1, as: SIMD16<UInt8>.self) .== last
            // A lane is all ones where both agree: eight lanes are one number, whose zeros are counted and not walked.
            let lanes = unsafeBitCast(heads .& tails, to: SIMD2<UInt64>.self)
            for half in 0..<2 {
                var hits = lanes[half].littleEndian
                while hits != 0 {
                    let lane = hits.trailingZeroBitCount / 8
                    let found = place + half * 8 + lane
                    if found >= places { return false }
                    if matches(text + found, needle) { return true }
                    hits &= ~(0xFF << UInt64(lane * 8))
                }
            }
            place += 16
        }
        return false
    }

    private static func matches(_ text: UnsafeRawPointer, _ needle: UnsafeBufferPointer<UInt8>) -> Bool {
        for offset in 0..<needle.count where text.load(fromByteOffset: offset, as: UInt8.self) != needle[offset] {
            return false
        }
        return true
    }
}

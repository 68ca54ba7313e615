/// A set of fields with slots, in two words: what a program reads, so that a filler can leave out the rest.
package struct FieldSet: Hashable, Sendable, BitwiseCopyable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    package init() {}

    /// Fields without a slot are not kept.
    package mutating func insert(_ id: FieldID) {
        if id.rawValue < 64 {
            low |= 1 << UInt64(id.rawValue)
        } else if id.rawValue < 128 {
            high |= 1 << UInt64(id.rawValue - 64)
        }
    }

    package mutating func formUnion(_ other: FieldSet) {
        low |= other.low
        high |= other.high
    }

    @inline(__always)
    package func contains(_ id: FieldID) -> Bool {
        id.rawValue < 64
            ? low >> UInt64(id.rawValue) & 1 == 1
            : id.rawValue < 128 && high >> UInt64(id.rawValue &- 64) & 1 == 1
    }

    package var isEmpty: Bool { low == 0 && high == 0 }

    /// A bit for each field, those below 64 first.
    package var bits: (low: UInt64, high: UInt64) { (low, high) }
}

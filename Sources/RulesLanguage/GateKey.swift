/// What a condition of many is filed under: something that a field's value must be, begin with, have in it or lie in,
/// else the condition cannot hold.
///
/// Points into the condition's program.
struct GateKey: BitwiseCopyable {
    enum Kind: UInt8, BitwiseCopyable {
        /// The whole text.
        case text
        /// One of the texts of a set, as `SetEncoding.strings` has them.
        case texts
        /// How the text begins.
        case prefix
        /// What the text has in it.
        case part
        /// A key of a map.
        case mapKey
        /// An address, as `SetEncoding.address` has it.
        case address
        /// Ranges, as `SetEncoding.addresses` has them.
        case addresses
    }

    let kind: Kind
    let start: UnsafeRawPointer
    /// Bytes of a text, prefix, part or key.
    let count: Int

    init(_ kind: Kind, _ bytes: UnsafeRawBufferPointer, else other: UnsafeRawPointer) {
        self.kind = kind
        start = bytes.baseAddress ?? other
        count = bytes.baseAddress == nil ? 0 : bytes.count
    }

    init(_ kind: Kind, at start: UnsafeRawPointer) {
        self.kind = kind
        self.start = start
        count = 0
    }
}

/// Numbers by which keys and what requests bring are compared. Letters count without case, so that one number serves
/// `lower` and `upper` too. Two keys with one number only cost: what is found is still asked for its gates.
enum GateHash {
    private static let factor: UInt64 = 0x9e37_79b9_7f4a_7c15
    private static let fold: UInt64 = 0x2020_2020_2020_2020

    @inline(__always)
    private static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
        let product = (state ^ word) &* factor
        return product ^ (product &>> 29)
    }

    /// Of a whole text.
    @inline(__always)
    static func text(_ start: UnsafeRawPointer, _ count: Int) -> UInt64 {
        var (state, place) = (UInt64(truncatingIfNeeded: count), 0)
        while place &+ 8 <= count {
            state = mix(state, start.loadLittle(place, UInt64.self) | fold)
            place &+= 8
        }
        guard place < count else { return state }
        // The last eight bytes, some of them for the second time, are had with one load.
        let rest = count >= 8 ? start.loadLittle(count &- 8, UInt64.self) : Gist.head(start, count)
        return mix(state, rest | fold)
    }

    static let emptyPrefix: UInt64 = 0xcbf2_9ce4_8422_2325

    /// Of a prefix that is one byte longer than that of `state`.
    @inline(__always)
    static func longer(_ state: UInt64, _ byte: UInt8) -> UInt64 {
        (state ^ UInt64(byte | 0x20)) &* 0x0000_0100_0000_01b3
    }

    /// Of a prefix, from the state after its last byte.
    @inline(__always)
    static func prefix(_ state: UInt64) -> UInt64 { mix(state, 0) }

    /// Of four neighbouring bytes.
    @inline(__always)
    static func quad(_ bytes: UInt32) -> UInt64 { UInt64(bytes | 0x2020_2020) &* factor }

    /// Of two neighbouring bytes.
    @inline(__always)
    static func pair(_ bytes: UInt16) -> UInt64 { UInt64(bytes | 0x2020) &* factor }

    /// Of the upper bits of an address, the others being 0.
    @inline(__always)
    static func network(_ high: UInt64, _ low: UInt64, _ length: Int) -> UInt64 {
        mix(mix(mix(UInt64(truncatingIfNeeded: length), high), low), 1)
    }
}

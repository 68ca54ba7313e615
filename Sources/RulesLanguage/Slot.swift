/// A value during evaluation: plain bits, so that copying it counts no references.
///
/// Bytes and lists point to memory that belongs to the caller, the program or the scratch arena.
struct Slot: BitwiseCopyable {
    enum Kind: UInt8, BitwiseCopyable {
        case missing, bool, int, ipv4, ipv6, bytes
        /// Elements are `Slot`s.
        case list
        /// Elements are `UnsafeRawBufferPointer`s, as callers hand them over.
        case bytesList
        /// Elements are `FieldTable.Pair`s.
        case map
    }

    var kind: Kind
    /// Bool, integer, lower half of an address, or address of the first byte or element.
    var low: UInt64
    /// Upper half of an address, or number of bytes or elements.
    var high: UInt64

    @inline(__always)
    private init(_ kind: Kind, _ low: UInt64, _ high: UInt64) {
        self.kind = kind
        self.low = low
        self.high = high
    }

    static var missing: Slot { Slot(.missing, 0, 0) }

    @inline(__always)
    static func bool(_ value: Bool) -> Slot { Slot(.bool, value ? 1 : 0, 0) }

    @inline(__always)
    static func int(_ value: Int64) -> Slot { Slot(.int, UInt64(bitPattern: value), 0) }

    @inline(__always)
    static func ip(_ value: IPAddress) -> Slot { Slot(value.isIPv6 ? .ipv6 : .ipv4, value.low, value.high) }

    @inline(__always)
    static func bytes(_ start: UnsafeRawPointer?, _ count: Int) -> Slot {
        Slot(.bytes, UInt64(UInt(bitPattern: start)), start == nil ? 0 : UInt64(truncatingIfNeeded: max(count, 0)))
    }

    @inline(__always)
    static func list(_ start: UnsafeMutablePointer<Slot>?, _ count: Int) -> Slot {
        Slot(.list, UInt64(UInt(bitPattern: start)), start == nil ? 0 : UInt64(truncatingIfNeeded: max(count, 0)))
    }

    static func bytesList(_ elements: UnsafeBufferPointer<UnsafeRawBufferPointer>) -> Slot {
        Slot(.bytesList, UInt64(UInt(bitPattern: elements.baseAddress)), UInt64(truncatingIfNeeded: elements.count))
    }

    static func map(_ pairs: UnsafeBufferPointer<FieldTable.Pair>) -> Slot {
        Slot(.map, UInt64(UInt(bitPattern: pairs.baseAddress)), UInt64(truncatingIfNeeded: pairs.count))
    }

    @inline(__always)
    var isMissing: Bool { kind == .missing }

    @inline(__always)
    var isTrue: Bool { kind == .bool && low != 0 }

    @inline(__always)
    var integer: Int64 { Int64(bitPattern: low) }

    /// Number of bytes or elements.
    @inline(__always)
    var count: Int { Int(truncatingIfNeeded: high) }

    @inline(__always)
    var pointer: UnsafePointer<UInt8>? { UnsafePointer(bitPattern: UInt(truncatingIfNeeded: low)) }

    @inline(__always)
    var slots: UnsafeMutablePointer<Slot>? { UnsafeMutablePointer(bitPattern: UInt(truncatingIfNeeded: low)) }

    @inline(__always)
    var bytesElements: UnsafePointer<UnsafeRawBufferPointer>? {
        UnsafePointer(bitPattern: UInt(truncatingIfNeeded: low))
    }

    @inline(__always)
    var pairs: UnsafePointer<FieldTable.Pair>? { UnsafePointer(bitPattern: UInt(truncatingIfNeeded: low)) }

    @inline(__always)
    var isIP: Bool { kind == .ipv4 || kind == .ipv6 }

    @inline(__always)
    var address: IPAddress {
        kind == .ipv6
            ? IPAddress(v6High: high, low: low) : IPAddress(v4: UInt32(truncatingIfNeeded: low))
    }
}

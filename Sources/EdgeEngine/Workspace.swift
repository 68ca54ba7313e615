internal import RulesLanguage

/// Memory for deciding, one request after another; one for each thread. Nothing in it is given back to the system
/// between requests, so that a request costs no allocation.
package struct Workspace: ~Copyable {
    package internal(set) var decision = Decision()
    var fields = FieldTable()
    var scratch = Scratch()
    var arena = Arena()
    var uri = RequestURI()
    /// The host that conditions see.
    var host = UnsafeRawBufferPointer(start: nil, count: 0)

    package init() {}
}

/// Memory that only grows until it is given back as a whole.
///
/// The system provides pages when they are first touched, so the size is address space. A header block of 60 kB (Envoy's
/// default limit) of nothing but `&` makes 60,000 pairs of 32 bytes, twice (`args` and `raw…args`): 4 MB.
struct Arena: ~Copyable {
    typealias Bytes = UnsafeRawBufferPointer

    static let size = 8 << 20

    private var memory: UnsafeMutableRawPointer?
    private var used = 0

    init() {}

    deinit { memory?.deallocate() }

    mutating func reset() { used = 0 }

    /// Nil when the arena is full.
    mutating func allocate(_ count: Int) -> UnsafeMutableRawPointer? {
        let start = (used &+ 15) & ~15
        guard count >= 0, count <= Self.size &- start else { return nil }
        if memory == nil { memory = .allocate(byteCount: Self.size, alignment: 16) }
        guard let memory else { return nil }
        used = start &+ count
        return memory + start
    }

    mutating func allocate<Element: BitwiseCopyable>(_ type: Element.Type, _ count: Int) -> UnsafeMutablePointer<
        Element
    >? {
        let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        guard count >= 0, !overflow else { return nil }
        return allocate(size)?.assumingMemoryBound(to: type)
    }

    /// The parts one after another in one piece. Not variadic: that would make an array for every call.
    mutating func join(
        _ first: Bytes, _ second: Bytes, _ third: Bytes = Bytes(start: nil, count: 0),
        _ fourth: Bytes = Bytes(start: nil, count: 0)
    ) -> Bytes? {
        let size = first.count &+ second.count &+ third.count &+ fourth.count
        guard let start = allocate(size) else { return nil }
        var end = start
        for index in 0..<4 {
            let part = index == 0 ? first : index == 1 ? second : index == 2 ? third : fourth
            guard let base = part.baseAddress, part.count > 0 else { continue }
            end.copyMemory(from: base, byteCount: part.count)
            end += part.count
        }
        return Bytes(start: start, count: size)
    }

    /// A copy with ASCII capitals made small; the bytes themselves when there are none.
    mutating func lowerCased(_ bytes: Bytes) -> Bytes {
        guard bytes.hasCapital, let copy = allocate(bytes.count) else { return bytes }
        for (index, byte) in bytes.enumerated() {
            copy.storeBytes(of: (65...90).contains(byte) ? byte | 0x20 : byte, toByteOffset: index, as: UInt8.self)
        }
        return Bytes(start: copy, count: bytes.count)
    }

    /// A copy; nil when the arena is full.
    mutating func copy(_ bytes: Bytes) -> Bytes? {
        guard let base = bytes.baseAddress, let copy = allocate(bytes.count) else { return nil }
        copy.copyMemory(from: base, byteCount: bytes.count)
        return Bytes(start: copy, count: bytes.count)
    }

    /// A decimal number.
    mutating func decimal(_ number: Int) -> Bytes {
        guard let start = allocate(20) else { return Bytes(start: nil, count: 0) }
        var rest = number.magnitude
        var place = 20
        repeat {
            place &-= 1
            start.storeBytes(of: UInt8(truncatingIfNeeded: 48 &+ rest % 10), toByteOffset: place, as: UInt8.self)
            rest /= 10
        } while rest > 0 && place > 1
        if number < 0 {
            place &-= 1
            start.storeBytes(of: UInt8(ascii: "-"), toByteOffset: place, as: UInt8.self)
        }
        return Bytes(start: start + place, count: 20 &- place)
    }
}

extension UnsafeRawBufferPointer {
    /// Text known at compile time.
    init(_ text: StaticString) { self.init(start: text.utf8Start, count: text.utf8CodeUnitCount) }

    static var empty: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

    /// The bytes of a range that lies inside.
    @inline(__always)
    func slice(_ from: Int, _ to: Int) -> UnsafeRawBufferPointer {
        guard let baseAddress, from >= 0, to >= from, to <= count else { return .empty }
        return UnsafeRawBufferPointer(start: baseAddress + from, count: to &- from)
    }

    /// Where a byte stands first. Eight bytes at a time: paths, cookies and queries are searched many times.
    @inline(__always)
    func place(of byte: UInt8, from start: Int = 0) -> Int? {
        guard let baseAddress else { return nil }
        var index = start
        while index &+ 8 <= count {
            let found = Self.zeros(baseAddress.eight(index) ^ (0x0101_0101_0101_0101 &* UInt64(byte)))
            if found != 0 { return index &+ found.trailingZeroBitCount &>> 3 }
            index &+= 8
        }
        while index < count {
            if self[index] == byte { return index }
            index &+= 1
        }
        return nil
    }

    @inline(__always)
    func count(of byte: UInt8) -> Int {
        var (found, index) = (0, 0)
        while let next = place(of: byte, from: index) { (found, index) = (found &+ 1, next &+ 1) }
        return found
    }

    /// The upper bit of each byte that is zero. Above the first of them bits may be set wrongly.
    @inline(__always)
    private static func zeros(_ bytes: UInt64) -> UInt64 {
        (bytes &- 0x0101_0101_0101_0101) & ~bytes & 0x8080_8080_8080_8080
    }

    /// Adding carries into a byte's upper bit from `A` on, and from the byte after `Z` on.
    @inline(__always)
    private static func hasCapital(_ bytes: UInt64) -> Bool {
        let low = bytes & 0x7f7f_7f7f_7f7f_7f7f
        let fromA = low &+ 0x3f3f_3f3f_3f3f_3f3f
        let afterZ = low &+ 0x2525_2525_2525_2525
        return (fromA ^ afterZ) & ~bytes & 0x8080_8080_8080_8080 != 0
    }

    @inline(__always)
    var hasCapital: Bool {
        guard let baseAddress else { return false }
        var index = 0
        while index &+ 8 <= count {
            if Self.hasCapital(baseAddress.eight(index)) { return true }
            index &+= 8
        }
        while index < count {
            if self[index] &- 65 < 26 { return true }
            index &+= 1
        }
        return false
    }

    /// Without spaces and tabs at both ends.
    @inline(__always)
    func trimmed() -> UnsafeRawBufferPointer {
        guard var from = baseAddress else { return self }
        var to = from + count
        while from < to, Self.isBlank(from.load(as: UInt8.self)) { from += 1 }
        while to > from, Self.isBlank((to - 1).load(as: UInt8.self)) { to -= 1 }
        return UnsafeRawBufferPointer(start: from, count: to - from)
    }

    @inline(__always)
    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
}

extension UnsafeRawPointer {
    @inline(__always)
    fileprivate func eight(_ offset: Int) -> UInt64 {
        UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}

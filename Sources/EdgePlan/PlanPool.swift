/// Byte strings of a plan, each once.
///
/// What is known is told by its place in the pool, so that ten thousand rules make no array each for a key: the table
/// stays small and near, and time grows with the number of rules and no faster.
struct PlanPool {
    private(set) var writer = ByteWriter()
    private var texts = PlaceTable()
    private var programs = PlaceTable()

    /// - Parameter rules: rules to make room for, each with a program and a text or two.
    mutating func reserve(rules: Int) {
        writer.reserve(rules * 192)
        texts.reserve(rules * 3 / 2)
        programs.reserve(rules)
    }

    /// Where the bytes stand, appended unless they were before.
    mutating func intern(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        if let known = texts.find(bytes, in: writer) { return known.offset }
        let offset = UInt32(clamping: writer.bytes.count)
        writer.append(contentsOf: bytes)
        texts.insert(bytes, .init(offset: offset, count: UInt32(clamping: bytes.count)))
        return offset
    }

    /// The number of a program, and where it stands when it is a new one; programs begin at a multiple of eight.
    mutating func program(_ bytes: [UInt8]) -> (number: UInt32, place: UInt32?) {
        let number = UInt32(clamping: programs.count)
        if let known = bytes.withUnsafeBytes({ programs.find($0, in: writer) }) { return (known.number, nil) }
        let offset = appendAligned(bytes)
        bytes.withUnsafeBytes {
            programs.insert($0, .init(offset: offset, count: UInt32(clamping: bytes.count), number: number))
        }
        return (number, offset)
    }

    /// Appends at a multiple of eight, so that readers may load words.
    mutating func appendAligned(_ bytes: [UInt8]) -> UInt32 {
        while writer.bytes.count % 8 != 0 { writer.append(UInt8(0)) }
        let offset = UInt32(clamping: writer.bytes.count)
        writer.append(contentsOf: bytes)
        return offset
    }
}

/// Places in a pool by the bytes that stand there: open addressing, a power of two of slots, at most half of them taken.
/// Four words a slot, since with many rules it is memory that takes the time.
private struct PlaceTable {
    struct Place {
        var offset: UInt32
        var count: UInt32
        var number: UInt32 = 0
        fileprivate var hash: UInt32 = 0

        init(offset: UInt32, count: UInt32, number: UInt32 = 0) {
            (self.offset, self.count, self.number) = (offset, count, number)
        }

        fileprivate static let free = Place(offset: .max, count: 0)
        fileprivate var isFree: Bool { offset == .max }
    }

    private(set) var count = 0
    private var slots = [Place](repeating: .free, count: 64)

    mutating func reserve(_ count: Int) {
        var size = slots.count
        while size < count * 2 { size *= 2 }
        if size > slots.count { grow(to: size) }
    }

    func find(_ bytes: UnsafeRawBufferPointer, in writer: ByteWriter) -> Place? {
        let hash = Self.hash(bytes)
        var index = Int(hash) & (slots.count - 1)
        while !slots[index].isFree {
            let place = slots[index]
            if place.hash == hash, place.count == bytes.count, writer.holds(bytes, at: Int(place.offset)) {
                return place
            }
            index = (index + 1) & (slots.count - 1)
        }
        return nil
    }

    mutating func insert(_ bytes: UnsafeRawBufferPointer, _ place: Place) {
        if (count + 1) * 2 > slots.count { grow(to: slots.count * 2) }
        var place = place
        place.hash = Self.hash(bytes)
        put(place)
        count += 1
    }

    private mutating func put(_ place: Place) {
        var index = Int(place.hash) & (slots.count - 1)
        while !slots[index].isFree { index = (index + 1) & (slots.count - 1) }
        slots[index] = place
    }

    private mutating func grow(to size: Int) {
        let old = slots
        slots = [Place](repeating: .free, count: size)
        for place in old where !place.isFree { put(place) }
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var hasher = Hasher()
        hasher.combine(bytes: bytes)
        return UInt32(truncatingIfNeeded: hasher.finalize())
    }
}

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
        let hash = PlaceTable.hash(bytes)
        if let known = texts.find(bytes, hash, in: writer) { return texts.places[Int(known)].offset }
        let offset = UInt32(clamping: writer.bytes.count)
        writer.append(contentsOf: bytes)
        texts.insert(.init(offset: offset, count: UInt32(clamping: bytes.count)), hash)
        return offset
    }

    /// The number of a program, and where it stands when it is a new one; programs begin at a multiple of eight.
    mutating func program(_ bytes: [UInt8]) -> (number: UInt32, place: UInt32?) {
        let hash = bytes.withUnsafeBytes { PlaceTable.hash($0) }
        if let known = bytes.withUnsafeBytes({ programs.find($0, hash, in: writer) }) { return (known, nil) }
        let offset = appendAligned(bytes)
        let number = programs.insert(.init(offset: offset, count: UInt32(clamping: bytes.count)), hash)
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
///
/// With many rules it is memory that takes the time: a slot is two words, and what it stands for is looked at only when
/// the hash is the same.
private struct PlaceTable {
    struct Place {
        var offset: UInt32
        var count: UInt32
    }

    private struct Slot {
        /// Of the place; `max`: the slot is free.
        var number: UInt32
        var hash: UInt32

        static let free = Slot(number: .max, hash: 0)
        var isFree: Bool { number == .max }
    }

    /// In the order in which they were inserted.
    private(set) var places: [Place] = []
    private var slots = [Slot](repeating: .free, count: 64)

    mutating func reserve(_ count: Int) {
        places.reserveCapacity(count)
        var size = slots.count
        while size < count * 2 { size *= 2 }
        if size > slots.count { grow(to: size) }
    }

    /// - Returns: the number of the place where these bytes stand.
    func find(_ bytes: UnsafeRawBufferPointer, _ hash: UInt32, in writer: ByteWriter) -> UInt32? {
        var index = Int(hash) & (slots.count - 1)
        while !slots[index].isFree {
            let slot = slots[index]
            if slot.hash == hash {
                let place = places[Int(slot.number)]
                if place.count == bytes.count, writer.holds(bytes, at: Int(place.offset)) { return slot.number }
            }
            index = (index + 1) & (slots.count - 1)
        }
        return nil
    }

    /// - Returns: its number.
    @discardableResult
    mutating func insert(_ place: Place, _ hash: UInt32) -> UInt32 {
        if (places.count + 1) * 2 > slots.count { grow(to: slots.count * 2) }
        let number = UInt32(clamping: places.count)
        places.append(place)
        put(Slot(number: number, hash: hash))
        return number
    }

    private mutating func put(_ slot: Slot) {
        var index = Int(slot.hash) & (slots.count - 1)
        while !slots[index].isFree { index = (index + 1) & (slots.count - 1) }
        slots[index] = slot
    }

    private mutating func grow(to size: Int) {
        let old = slots
        slots = [Slot](repeating: .free, count: size)
        for slot in old where !slot.isFree { put(slot) }
    }

    static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var hasher = Hasher()
        hasher.combine(bytes: bytes)
        return UInt32(truncatingIfNeeded: hasher.finalize())
    }
}

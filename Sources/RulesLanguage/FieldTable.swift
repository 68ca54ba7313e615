/// The fields of one request (and response), as the evaluator reads them.
///
/// All memory handed in stays the caller's and must outlive the evaluations that use it; nothing is copied. Reuse one
/// table for many requests with `removeAll()`. Fields without a slot (see `FieldID.slotCount`) are ignored by the
/// setters and always missing; so is a field set to another type than the schema gives it.
@usableFromInline
package struct FieldTable: ~Copyable {
    /// An entry of a map. Keys may repeat: `headers["k"]` is the list of all values with that key, in order.
    @usableFromInline
    package struct Pair: BitwiseCopyable {
        @usableFromInline package var key: UnsafeRawBufferPointer
        @usableFromInline package var value: UnsafeRawBufferPointer

        @inlinable @inline(__always)
        package init(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
            self.key = key
            self.value = value
        }
    }

    /// Everything, at one address: lending a noncopyable value to a function copies the bytes of its struct, and a table
    /// is lent for each condition.
    private let memory: UnsafeMutablePointer<Memory>

    private struct Memory {
        let slots: UnsafeMutablePointer<Slot>
        let heads: UnsafeMutablePointer<UInt64>
        /// For each field its gist, once somebody asked for it.
        let gists: UnsafeMutablePointer<UInt64>
        let hasGist: UnsafeMutablePointer<Bool>
        let cursors = GateCursors()
        var generation: UInt64 = 1
        /// Which slots have been set since `removeAll()`, a bit each.
        var touched: (low: UInt64, high: UInt64) = (0, 0)

        init() {
            slots = .allocate(capacity: FieldID.slotCount)
            slots.initialize(repeating: .missing, count: FieldID.slotCount)
            heads = .allocate(capacity: FieldID.slotCount)
            heads.initialize(repeating: 0, count: FieldID.slotCount)
            gists = .allocate(capacity: FieldID.slotCount * Gist.words)
            gists.initialize(repeating: 0, count: FieldID.slotCount * Gist.words)
            hasGist = .allocate(capacity: FieldID.slotCount)
            hasGist.initialize(repeating: false, count: FieldID.slotCount)
        }
    }

    package init() {
        memory = .allocate(capacity: 1)
        memory.initialize(to: Memory())
    }

    deinit {
        slots.deallocate()
        heads.deallocate()
        memory.pointee.gists.deallocate()
        memory.pointee.hasGist.deallocate()
        cursors.deallocate()
        memory.deallocate()
    }

    @inline(__always)
    var slots: UnsafeMutablePointer<Slot> { memory.pointee.slots }

    /// For each text its first eight bytes.
    @inline(__always)
    var heads: UnsafeMutablePointer<UInt64> { memory.pointee.heads }

    /// Where this request stands in the lists of a directory of conditions.
    @inline(__always)
    var cursors: GateCursors { memory.pointee.cursors }

    /// Grows with every change of a field.
    @inline(__always)
    var generation: UInt64 { memory.pointee.generation }

    @inline(__always)
    private mutating func set(_ id: FieldID, _ slot: Slot) {
        let place = Int(id.rawValue)
        guard place < FieldID.slotCount else { return }
        memory.pointee.generation &+= 1
        slots[place] = slot
        memory.pointee.hasGist[place] = false
        if slot.kind == .bytes, let start = slot.pointer { heads[place] = Gist.head(start, slot.count) }
        if place < 64 {
            memory.pointee.touched.low |= 1 &<< UInt64(place)
        } else {
            memory.pointee.touched.high |= 1 &<< UInt64(place & 63)
        }
    }

    /// The gist of a text or map below `FieldID.slotCount`; made at the first call after it was set.
    @inline(__always)
    func gist(_ place: Int) -> Gist {
        let words = memory.pointee.gists + place &* Gist.words
        if !memory.pointee.hasGist[place] {
            Gist.write(slots[place], to: words)
            memory.pointee.hasGist[place] = true
        }
        return Gist(start: words)
    }

    package mutating func setBytes(_ id: FieldID, _ bytes: UnsafeRawBufferPointer) {
        // An empty buffer may have no address; a present, empty value still needs one.
        set(id, bytes.baseAddress.map { .bytes($0, bytes.count) } ?? .bytes(UnsafeRawPointer(slots), 0))
    }

    package mutating func setInt(_ id: FieldID, _ value: Int64) { set(id, .int(value)) }

    package mutating func setBool(_ id: FieldID, _ value: Bool) { set(id, .bool(value)) }

    package mutating func setIP(_ id: FieldID, _ address: IPAddress) { set(id, .ip(address)) }

    package mutating func setList(_ id: FieldID, _ elements: UnsafeBufferPointer<UnsafeRawBufferPointer>) {
        set(id, .bytesList(elements))
    }

    package mutating func setMap(_ id: FieldID, _ pairs: UnsafeBufferPointer<Pair>) { set(id, .map(pairs)) }

    package mutating func remove(_ id: FieldID) { set(id, .missing) }

    package mutating func removeAll() {
        memory.pointee.generation &+= 1
        var (low, high) = memory.pointee.touched
        memory.pointee.touched = (0, 0)
        while low != 0 {
            slots[low.trailingZeroBitCount] = .missing
            low &= low &- 1
        }
        while high != 0 {
            slots[64 &+ high.trailingZeroBitCount] = .missing
            high &= high &- 1
        }
    }

    /// Whether the field has a value.
    package func isSet(_ id: FieldID) -> Bool {
        Int(id.rawValue) < FieldID.slotCount && !slots[Int(id.rawValue)].isMissing
    }

    /// The pairs of a field of that type, if set.
    package func pairs(_ id: FieldID) -> UnsafeBufferPointer<Pair>? {
        guard Int(id.rawValue) < FieldID.slotCount else { return nil }
        let slot = slots[Int(id.rawValue)]
        guard slot.kind == .map else { return nil }
        let start = slot.pointer.map { UnsafeRawPointer($0).assumingMemoryBound(to: Pair.self) }
        return UnsafeBufferPointer(start: start, count: start == nil ? 0 : slot.count)
    }

    /// A copy of what a field holds; nil when it is missing.
    package func value(_ id: FieldID) -> FieldValue? {
        guard Int(id.rawValue) < FieldID.slotCount else { return nil }
        let slot = slots[Int(id.rawValue)]
        switch slot.kind {
        case .missing, .list: return nil
        case .bool: return .bool(slot.isTrue)
        case .int: return .int(slot.integer)
        case .ipv4, .ipv6: return .ip(slot.address)
        case .bytes: return .bytes(Array(UnsafeBufferPointer(start: slot.pointer, count: slot.count)))
        case .bytesList:
            return .list(UnsafeBufferPointer(start: slot.bytesElements, count: slot.count).map { Array($0) })
        case .map:
            return .map(
                UnsafeBufferPointer(start: slot.pairs, count: slot.count).map {
                    .init(key: Array($0.key), value: Array($0.value))
                })
        }
    }

    /// The bytes of a field of that type, if set: for callers that build results from fields.
    package func bytes(_ id: FieldID) -> UnsafeRawBufferPointer? {
        guard Int(id.rawValue) < FieldID.slotCount else { return nil }
        let slot = slots[Int(id.rawValue)]
        return slot.kind == .bytes ? UnsafeRawBufferPointer(start: slot.pointer, count: slot.count) : nil
    }
}

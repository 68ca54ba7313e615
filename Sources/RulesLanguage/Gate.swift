/// A cheap question about one field whose "no" means that a condition cannot hold.
///
/// A "yes" says nothing: the condition is evaluated then. So a gate may be coarse, but never wrong in saying no.
struct Gate: BitwiseCopyable {
    enum Question: UInt8, BitwiseCopyable {
        /// `length` bytes that begin with `first` and, unless there are fewer than eight, end with `second`.
        case equal
        /// At least `length` bytes, which under the mask `second` begin with `first`.
        case prefix
        /// At least `length` bytes or entries, and their gist has the four marks in `first`.
        case marks
        /// A text whose mark is among the 128 of `first` and `second`.
        case oneOf
        /// An IPv4 address whose upper seven bits are among the 128 of `first` and `second`, or, unless `length` is 0,
        /// an IPv6 address.
        case network
    }

    let question: Question
    /// How many gates of the same group follow: one yes suffices for a group.
    var following: UInt8 = 0
    let field: UInt16
    let length: UInt32
    let first: UInt64
    let second: UInt64

    init(_ question: Question, field: UInt16, length: Int, first: UInt64, second: UInt64 = 0) {
        self.question = question
        self.field = field
        self.length = UInt32(clamping: length)
        self.first = first
        self.second = second
    }

    @inline(__always)
    func isOpen(_ fields: borrowing FieldTable) -> Bool {
        let place = Int(field) & (FieldID.slotCount &- 1)
        let slot = fields.slots[place]
        switch question {
        case .equal:
            guard slot.kind == .bytes, slot.high == UInt64(length), fields.heads[place] == first else { return false }
            guard length >= 8, let start = slot.pointer else { return true }
            return UnsafeRawPointer(start).loadLittle(slot.count &- 8, UInt64.self) == second
        case .prefix:
            return slot.kind == .bytes && slot.high >= UInt64(length) && fields.heads[place] & second == first
        case .marks:
            guard slot.kind == .bytes || slot.kind == .map, slot.high >= UInt64(length) else { return false }
            let gist = fields.gist(place)
            return gist.has(first) && gist.has(first >> 16) && gist.has(first >> 32) && gist.has(first >> 48)
        case .oneOf:
            guard slot.kind == .bytes else { return false }
            return isAmong(Gist.textMark(head: fields.heads[place], slot.high))
        case .network:
            return slot.kind == .ipv4 ? isAmong((slot.low >> 25) & 127) : slot.kind == .ipv6 && length != 0
        }
    }

    @inline(__always)
    private func isAmong(_ mark: UInt64) -> Bool { (mark < 64 ? first : second) &>> (mark & 63) & 1 == 1 }
}

/// What a text or map holds, as 1,024 marks: one for each pair of neighbouring bytes of a text (letters without case, so
/// that it serves `lower` and `upper` too), one for each key of a map. A needle or key whose marks are not all there is
/// not in it.
struct Gist {
    static let words = 16
    /// Longer texts have every mark: making the gist would cost more than it spares.
    static let longest = 2_048

    let start: UnsafePointer<UInt64>

    /// - Parameter mark: in the lower ten bits; others are ignored.
    @inline(__always)
    func has(_ mark: UInt64) -> Bool { start[Int(truncatingIfNeeded: mark &>> 6 & 15)] &>> (mark & 63) & 1 == 1 }

    @inline(__always)
    static func pairMark(_ pair: UInt16) -> UInt64 { UInt64((UInt32(pair | 0x2020) &* 0x9e37_79b1) &>> 22) }

    @inline(__always)
    static func keyMark(_ key: UnsafeRawBufferPointer) -> UInt64 {
        let count = key.count
        guard count > 0, let start = key.baseAddress else { return 0 }
        let parts =
            UInt32(truncatingIfNeeded: count) &<< 24
            | UInt32(start.load(fromByteOffset: 0, as: UInt8.self)) &<< 16
            | UInt32(start.load(fromByteOffset: count &>> 1, as: UInt8.self)) &<< 8
            | UInt32(start.load(fromByteOffset: count &- 1, as: UInt8.self))
        return UInt64((parts &* 0x9e37_79b1) &>> 22)
    }

    /// Below 128.
    @inline(__always)
    static func textMark(head: UInt64, _ count: UInt64) -> UInt64 {
        ((head ^ count) &* 0x9e37_79b9_7f4a_7c15) &>> 57
    }

    /// The first eight bytes as a number, zeros where there are fewer.
    @inline(__always)
    static func head(_ start: UnsafeRawPointer, _ count: Int) -> UInt64 {
        if count >= 8 { return start.loadLittle(0, UInt64.self) }
        if count >= 4 {
            // Both halves may hold some of the same bytes, at the same places.
            let upper = UInt64(start.loadLittle(count &- 4, UInt32.self)) &<< UInt64((count &- 4) &* 8)
            return UInt64(start.loadLittle(0, UInt32.self)) | upper
        }
        var (result, index): (UInt64, Int) = (0, 0)
        while index < count {
            result |= UInt64(start.load(fromByteOffset: index, as: UInt8.self)) &<< UInt64(index &* 8)
            index &+= 1
        }
        return result
    }

    /// Makes the gist of a text or map.
    static func write(_ slot: Slot, to words: UnsafeMutablePointer<UInt64>) {
        if slot.kind == .bytes, slot.count > longest {
            words.update(repeating: .max, count: Self.words)
            return
        }
        words.update(repeating: 0, count: Self.words)
        var index = 0
        if slot.kind == .map, let pairs = slot.pairs {
            while index < slot.count {
                let mark = keyMark(pairs[index].key)
                words[Int(truncatingIfNeeded: mark &>> 6)] |= 1 &<< (mark & 63)
                index &+= 1
            }
        } else if slot.kind == .bytes, let text = slot.pointer {
            while index < slot.count &- 1 {
                let mark = pairMark(UnsafeRawPointer(text).loadLittle(index, UInt16.self))
                words[Int(truncatingIfNeeded: mark &>> 6)] |= 1 &<< (mark & 63)
                index &+= 1
            }
        }
    }
}

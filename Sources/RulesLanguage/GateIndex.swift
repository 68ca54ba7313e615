/// Tells for 64 conditions at a time which may hold, so that those that cannot are passed over together.
///
/// Conditions stand in segments of 64. A condition that needs a text to be one of a few, to begin in a certain way, or
/// an address to be in some networks is filed by that text or address. One look-up for each kind of question gives, a
/// bit each, the conditions of a segment for which the answer may be yes. Those that need nothing of the kind are
/// always looked at. Like a gate the index may be coarse, but never wrong in saying no: what it lets through is still
/// asked one by one.
///
/// At most eight look-ups of 512 bytes a segment: 64 bytes a condition. Made with the table, and never changed.
struct GateIndex: ~Copyable {
    /// A question that many conditions of a segment ask, each with another answer.
    private struct Lookup: BitwiseCopyable {
        enum Kind: UInt8, BitwiseCopyable {
            /// By the mark of the whole text.
            case text
            /// By the first eight bytes under a mask.
            case prefix
            /// By the upper six bits of an IPv4 address.
            case network
        }

        let kind: Kind
        let field: UInt16
        let mask: UInt64
        /// Which conditions are filed here.
        var members: UInt64 = 0
        /// Those that an IPv6 address may satisfy.
        var ipv6: UInt64 = 0
    }

    private struct Segment: BitwiseCopyable {
        /// Conditions that are filed nowhere.
        var others: UInt64
        var firstLookup: Int
        var endOfLookups: Int
    }

    private static let size = 64
    private static let mostLookups = 8
    /// So few filed conditions are asked faster one by one.
    private static let fewest = 4

    private let segments: UnsafeMutableBufferPointer<Segment>
    private let lookups: UnsafeMutableBufferPointer<Lookup>
    /// For each look-up 64 sets of conditions.
    private let shelves: UnsafeMutableBufferPointer<UInt64>

    /// - Parameter conditions: for each its groups of gates.
    init(_ conditions: [[GateFinder.Group]]) {
        var (segments, lookups, shelves): ([Segment], [Lookup], [UInt64]) = ([], [], [])
        for start in stride(from: 0, to: conditions.count, by: Self.size) {
            let first = lookups.count
            var others: UInt64 = 0
            for (bit, groups) in conditions[start..<min(start + Self.size, conditions.count)].enumerated() {
                let filed = Self.best(groups).map { group in
                    Self.file(group, 1 << UInt64(bit), first, &lookups, &shelves)
                }
                if filed != true { others |= 1 << UInt64(bit) }
            }
            segments.append(Segment(others: others, firstLookup: first, endOfLookups: lookups.count))
        }
        self.segments = Self.copy(segments)
        self.lookups = Self.copy(lookups)
        self.shelves = Self.copy(shelves)
    }

    deinit {
        segments.deallocate()
        lookups.deallocate()
        shelves.deallocate()
    }

    private static func copy<T: BitwiseCopyable>(_ values: [T]) -> UnsafeMutableBufferPointer<T> {
        let copy = UnsafeMutableBufferPointer<T>.allocate(capacity: max(values.count, 1))
        _ = copy.initialize(from: values)
        return copy
    }

    // MARK: filing

    /// The group of which the fewest conditions stay; nil when none can be filed as a whole.
    private static func best(_ groups: [GateFinder.Group]) -> GateFinder.Group? {
        let usable = groups.filter { $0.allSatisfy { lookup($0) != nil } }
        return usable.min { ($0.map(breadth).max() ?? 0, $0.count) < ($1.map(breadth).max() ?? 0, $1.count) }
    }

    /// The lower, the fewer requests a gate lets through.
    private static func breadth(_ gate: Gate) -> Int {
        switch gate.question {
        case .equal: 0
        case .oneOf: 1
        case .prefix: gate.length >= 4 ? 2 : 4
        case .network: 3
        case .marks: 5
        }
    }

    private static func lookup(_ gate: Gate) -> Lookup? {
        switch gate.question {
        case .equal, .oneOf: Lookup(kind: .text, field: gate.field, mask: 0)
        case .prefix: Lookup(kind: .prefix, field: gate.field, mask: gate.second)
        case .network: Lookup(kind: .network, field: gate.field, mask: 0)
        case .marks: nil
        }
    }

    /// Files a condition under every gate of a group; false when there is no room for one more question.
    private static func file(
        _ group: GateFinder.Group, _ bit: UInt64, _ first: Int, _ lookups: inout [Lookup], _ shelves: inout [UInt64]
    ) -> Bool {
        var places: [Int] = []
        for gate in group {
            guard let wanted = lookup(gate) else { return false }
            let known = lookups[first...].firstIndex {
                $0.kind == wanted.kind && $0.field == wanted.field && $0.mask == wanted.mask
            }
            guard known != nil || lookups.count - first < mostLookups else { return false }
            if known == nil {
                lookups.append(wanted)
                shelves += [UInt64](repeating: 0, count: size)
            }
            places.append(known ?? lookups.count - 1)
        }
        for (gate, place) in zip(group, places) {
            lookups[place].members |= bit
            let shelf = place * size
            switch gate.question {
            case .equal: shelves[shelf + textPlace(gate.first, UInt64(gate.length))] |= bit
            case .prefix: shelves[shelf + prefixPlace(gate.first)] |= bit
            case .oneOf, .network:
                for mark in 0..<128 where (mark < 64 ? gate.first : gate.second) >> UInt64(mark & 63) & 1 == 1 {
                    shelves[shelf + mark / 2] |= bit
                }
                if gate.question == .network, gate.length != 0 { lookups[place].ipv6 |= bit }
            case .marks: break
            }
        }
        return true
    }

    // MARK: asking

    @inline(__always)
    private static func textPlace(_ head: UInt64, _ count: UInt64) -> Int {
        Int(truncatingIfNeeded: Gist.textMark(head: head, count) &>> 1)
    }

    @inline(__always)
    private static func prefixPlace(_ head: UInt64) -> Int {
        Int(truncatingIfNeeded: (head &* 0x9e37_79b9_7f4a_7c15) &>> 58)
    }

    /// The conditions among `wanted` of a segment that may hold, as bits. All of them when asking would cost more than
    /// it spares.
    @inline(__always)
    func candidates(_ segment: Int, _ wanted: UInt64, _ fields: borrowing FieldTable) -> UInt64 {
        let found = segments[segment]
        guard (wanted & ~found.others).nonzeroBitCount > Self.fewest else { return wanted }
        var result = found.others
        var place = found.firstLookup
        while place < found.endOfLookups {
            let lookup = lookups[place]
            if lookup.members & wanted != 0 { result |= matches(lookup, place &* Self.size, fields) }
            place &+= 1
        }
        return result & wanted
    }

    @inline(__always)
    private func matches(_ lookup: Lookup, _ shelf: Int, _ fields: borrowing FieldTable) -> UInt64 {
        let field = Int(lookup.field) & (FieldID.slotCount &- 1)
        let slot = fields.slots[field]
        switch lookup.kind {
        case .text:
            guard slot.kind == .bytes else { return 0 }
            return shelves[shelf &+ Self.textPlace(fields.heads[field], slot.high)]
        case .prefix:
            guard slot.kind == .bytes else { return 0 }
            return shelves[shelf &+ Self.prefixPlace(fields.heads[field] & lookup.mask)]
        case .network:
            if slot.kind == .ipv6 { return lookup.ipv6 }
            return slot.kind == .ipv4 ? shelves[shelf &+ Int(truncatingIfNeeded: (slot.low &>> 26) & 63)] : 0
        }
    }
}

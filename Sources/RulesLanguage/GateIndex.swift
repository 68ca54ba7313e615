/// Tells for 64 conditions at a time which may hold, so that those that cannot are passed over together.
///
/// Conditions stand in segments of 64. A condition that needs a text to be one of a few, to begin in a certain way, or
/// an address to be in some networks is filed by that text or address. One look-up for each kind of question gives, a
/// bit each, the conditions of a segment for which the answer may be yes. Conditions that need a part of a text or a
/// key of a map are filed by one of its marks, which those with the same mark share. Those that need nothing of the kind
/// are always looked at. Like a gate the index may be coarse, but never wrong in saying no: what it lets through is
/// still asked one by one.
///
/// At most eight look-ups of 512 bytes and 64 marks of 16 bytes a segment: 80 bytes a condition. Made with the table, and
/// never changed.
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

    /// A mark without which some conditions of a segment cannot hold.
    private struct MarkTest: BitwiseCopyable {
        let field: UInt16
        let mark: UInt16
        var members: UInt64 = 0
    }

    private struct Segment: BitwiseCopyable {
        /// Conditions that are filed nowhere.
        var others: UInt64
        var firstLookup: Int
        var endOfLookups: Int
        var firstTest: Int
        var endOfTests: Int
    }

    /// A segment in the making.
    private struct Draft {
        var lookups: [Lookup] = []
        var shelves: [UInt64] = []
        var tests: [MarkTest] = []
    }

    private static let size = 64
    private static let mostLookups = 8
    /// So few filed conditions are asked faster one by one.
    private static let fewest = 4

    private let segments: UnsafeMutableBufferPointer<Segment>
    private let lookups: UnsafeMutableBufferPointer<Lookup>
    /// For each look-up 64 sets of conditions.
    private let shelves: UnsafeMutableBufferPointer<UInt64>
    private let tests: UnsafeMutableBufferPointer<MarkTest>

    /// - Parameter conditions: for each its groups of gates.
    init(_ conditions: [[GateFinder.Group]]) {
        var segments: [Segment] = []
        var all = Draft()
        for start in stride(from: 0, to: conditions.count, by: Self.size) {
            var draft = Draft()
            var others: UInt64 = 0
            for (bit, groups) in conditions[start..<min(start + Self.size, conditions.count)].enumerated() {
                let isFiled = Self.best(groups).map { Self.file($0, 1 << UInt64(bit), &draft) } ?? false
                if !isFiled { others |= 1 << UInt64(bit) }
            }
            segments.append(
                Segment(
                    others: others, firstLookup: all.lookups.count,
                    endOfLookups: all.lookups.count + draft.lookups.count, firstTest: all.tests.count,
                    endOfTests: all.tests.count + draft.tests.count))
            all.lookups += draft.lookups
            all.shelves += draft.shelves
            all.tests += draft.tests
        }
        self.segments = Self.copy(segments)
        lookups = Self.copy(all.lookups)
        shelves = Self.copy(all.shelves)
        tests = Self.copy(all.tests)
    }

    deinit {
        segments.deallocate()
        lookups.deallocate()
        shelves.deallocate()
        tests.deallocate()
    }

    private static func copy<T: BitwiseCopyable>(_ values: [T]) -> UnsafeMutableBufferPointer<T> {
        let copy = UnsafeMutableBufferPointer<T>.allocate(capacity: max(values.count, 1))
        _ = copy.initialize(from: values)
        return copy
    }

    // MARK: filing

    /// The group of which the fewest conditions stay.
    private static func best(_ groups: [GateFinder.Group]) -> GateFinder.Group? {
        groups.min { ($0.map(breadth).max() ?? 0, $0.count) < ($1.map(breadth).max() ?? 0, $1.count) }
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
    private static func file(_ group: GateFinder.Group, _ bit: UInt64, _ draft: inout Draft) -> Bool {
        guard !group.isEmpty else { return false }
        var new = draft
        for gate in group {
            if let wanted = lookup(gate) {
                guard file(gate, under: wanted, bit, &new) else { return false }
            } else {
                file(gate, bit, &new)
            }
        }
        draft = new
        return true
    }

    private static func file(_ gate: Gate, under wanted: Lookup, _ bit: UInt64, _ draft: inout Draft) -> Bool {
        let known = draft.lookups.firstIndex {
            $0.kind == wanted.kind && $0.field == wanted.field && $0.mask == wanted.mask
        }
        guard known != nil || draft.lookups.count < mostLookups else { return false }
        if known == nil {
            draft.lookups.append(wanted)
            draft.shelves += [UInt64](repeating: 0, count: size)
        }
        let place = known ?? draft.lookups.count - 1
        draft.lookups[place].members |= bit
        let shelf = place * size
        switch gate.question {
        case .equal: draft.shelves[shelf + textPlace(gate.first, UInt64(gate.length))] |= bit
        case .prefix: draft.shelves[shelf + prefixPlace(gate.first)] |= bit
        case .oneOf, .network:
            for mark in 0..<128 where (mark < 64 ? gate.first : gate.second) >> UInt64(mark & 63) & 1 == 1 {
                draft.shelves[shelf + mark / 2] |= bit
            }
            if gate.question == .network, gate.length != 0 { draft.lookups[place].ipv6 |= bit }
        case .marks: break
        }
        return true
    }

    /// Under a mark that others of the segment need too, else under that of the part's beginning.
    private static func file(_ gate: Gate, _ bit: UInt64, _ draft: inout Draft) {
        let marks = [48, 0, 16, 32].map { UInt16(truncatingIfNeeded: gate.first >> UInt64($0) & 1_023) }
        let known = draft.tests.firstIndex { $0.field == gate.field && marks.contains($0.mark) }
        if known == nil { draft.tests.append(MarkTest(field: gate.field, mark: marks[0])) }
        draft.tests[known ?? draft.tests.count - 1].members |= bit
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
        place = found.firstTest
        while place < found.endOfTests {
            let test = tests[place]
            if test.members & wanted & ~result != 0, holds(test, fields) { result |= test.members }
            place &+= 1
        }
        return result & wanted
    }

    @inline(__always)
    private func holds(_ test: MarkTest, _ fields: borrowing FieldTable) -> Bool {
        let field = Int(test.field) & (FieldID.slotCount &- 1)
        let kind = fields.slots[field].kind
        return (kind == .bytes || kind == .map) && fields.gist(field).has(UInt64(test.mark))
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

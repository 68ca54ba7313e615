/// The gates of many conditions, so that those which cannot hold are passed over without evaluating them.
///
/// Made once when a plan is accepted, read by any number of threads. An index passes over many of a large plan at once.
package struct GateTable: ~Copyable, @unchecked Sendable {
    private struct Entry: BitwiseCopyable {
        var start: UInt32
        var end: UInt32
    }

    private let entries: UnsafeMutablePointer<Entry>
    private let gates: UnsafeMutablePointer<Gate>
    private let index: GateIndex
    package let count: Int

    /// - Parameter programs: verified filter programs; the table's indexes are theirs.
    package init(_ programs: [UnsafeRawBufferPointer]) {
        var all: [Gate] = []
        var conditions: [[GateFinder.Group]] = []
        entries = .allocate(capacity: max(programs.count, 1))
        count = programs.count
        for (index, program) in programs.enumerated() {
            let start = UInt32(clamping: all.count)
            let groups = program.count > Program.headerSize ? program.baseAddress.map { GateFinder($0).groups() } : nil
            conditions.append(groups ?? [])
            for group in groups ?? [] {
                for (place, var gate) in group.enumerated() {
                    gate.following = UInt8(clamping: group.count - 1 - place)
                    all.append(gate)
                }
            }
            (entries + index).initialize(to: Entry(start: start, end: UInt32(clamping: all.count)))
        }
        gates = .allocate(capacity: max(all.count, 1))
        gates.initialize(from: all, count: all.count)
        index = GateIndex(conditions)
    }

    deinit {
        entries.deallocate()
        gates.deallocate()
    }

    /// The first condition from `start` on, below `end`, that may hold for the fields; `end` when there is none.
    package func next(_ start: Int, _ end: Int, _ fields: borrowing FieldTable) -> Int {
        var number = start
        while number < end {
            // A number beyond the table has no gates: it is evaluated.
            guard number < count else { return number }
            let segment = number &>> 6
            let first = segment &<< 6
            let last = min(end, count, first &+ 64)
            // The bits of this segment from `number` on, below `last`.
            let wanted = (UInt64.max &<< UInt64(number &- first)) & (UInt64.max &>> UInt64(64 &- (last &- first)))
            var candidates = index.candidates(segment, wanted, fields)
            while candidates != 0 {
                let candidate = first &+ candidates.trailingZeroBitCount
                if isOpen(entries[candidate], fields) { return candidate }
                candidates &= candidates &- 1
            }
            number = last
        }
        return number
    }

    @inline(__always)
    private func isOpen(_ entry: Entry, _ fields: borrowing FieldTable) -> Bool {
        var place = Int(entry.start)
        let end = Int(entry.end)
        while place < end {
            let gate = gates + place
            if gate.pointee.isOpen(fields) {
                place &+= 1 &+ Int(gate.pointee.following)
            } else {
                if gate.pointee.following == 0 { return false }
                place &+= 1
            }
        }
        return true
    }
}

/// The gates of many conditions, so that those which cannot hold are passed over without evaluating them.
///
/// Made once when a plan is accepted, read by any number of threads.
package struct GateTable: ~Copyable, @unchecked Sendable {
    private struct Entry: BitwiseCopyable {
        var start: UInt32
        var end: UInt32
    }

    private let entries: UnsafeMutablePointer<Entry>
    private let gates: UnsafeMutablePointer<Gate>
    /// Passes over many; nil: there are few, which are asked faster one by one. At an address of its own, as lending it
    /// would copy it.
    private let directory: UnsafeMutablePointer<GateDirectory>?
    package let count: Int

    /// So many conditions are passed over faster by a directory; measured.
    package static let directoryMinimum = 16

    /// - Parameters:
    ///   - programs: verified filter programs; the table's indexes are theirs.
    ///   - minimum: with so many conditions the table has a directory; another than the usual is for tests.
    package init(_ programs: [UnsafeRawBufferPointer], directoryFrom minimum: Int = directoryMinimum) {
        var all: [Gate] = []
        var conditions: [[GateFinder.Group]] = []
        entries = .allocate(capacity: max(programs.count, 1))
        count = programs.count
        for (index, program) in programs.enumerated() {
            let start = UInt32(clamping: all.count)
            let groups = program.count > Program.headerSize ? program.baseAddress.map { GateFinder($0).groups() } : nil
            conditions.append(groups ?? [])
            for group in groups ?? [] {
                for (place, need) in group.enumerated() {
                    var gate = need.gate
                    gate.following = UInt8(clamping: group.count - 1 - place)
                    all.append(gate)
                }
            }
            (entries + index).initialize(to: Entry(start: start, end: UInt32(clamping: all.count)))
        }
        gates = .allocate(capacity: max(all.count, 1))
        gates.initialize(from: all, count: all.count)
        guard programs.count >= minimum, programs.count < UInt32.max else {
            directory = nil
            return
        }
        let place = UnsafeMutablePointer<GateDirectory>.allocate(capacity: 1)
        place.initialize(to: GateDirectory(conditions))
        directory = place
    }

    deinit {
        entries.deallocate()
        gates.deallocate()
        directory?.deinitialize(count: 1)
        directory?.deallocate()
    }

    /// The first condition from `start` on, below `end`, that may hold for the fields; `end` when there is none.
    package func next(_ start: Int, _ end: Int, _ fields: borrowing FieldTable) -> Int {
        let last = min(end, count)
        var number = start
        while number < last {
            if let directory {
                number = GateDirectory.next(number, fields, in: directory)
                guard number < last else { break }
            }
            if isOpen(entries[number], fields) { return number }
            number &+= 1
        }
        // A number beyond the table has no gates: it is evaluated.
        return min(max(start, count), end)
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

internal import Synchronization

/// Counts for rate limits, of all threads of a process together, in memory that does not grow.
///
/// Slots lie in sets of five that fill two cache lines; a key may only be in the set that its lowest bits name. Finding
/// and counting takes no lock: a slot is three atomic words and a count goes up by compare-and-exchange, so that as many
/// pass as the limit says however many threads ask at once. Only a key that is new to the table takes its set's mark
/// for the time of five stores; whoever meets the mark tries a while and then goes on uncounted.
///
/// Keys are 64 bits of a hash that is keyed by the process, and a slot belongs to one whole key: nobody is refused for
/// another's requests, unless two of a table's keys are equal in all 64 bits (for the 81,920 it holds, once in five
/// billion tables), and nobody outside can look for such keys or for keys of one set.
/// When a set is full the slot goes whose windows or refusal are over, else the one with the fewest requests, else the one that
/// refuses for the shortest time still. Being forgotten means being counted from nothing: it lets through, it never
/// refuses. A count that is under way while its slot goes to another key is given up, unless the slot's word is the
/// same again by chance: then the newcomer has one request too many for one window.
package struct LimitTable: ~Copyable, @unchecked Sendable {
    // Sendable: after `init` all of its memory is only touched by atomic operations.

    private typealias Word = Atomic<UInt64>

    /// 2 MB.
    package static let usualSets = 16_384
    static let ways = 5
    private static let wordsPerSet = 16
    /// Tries to take a set's mark. The holder needs some ten nanoseconds, unless the system stops it just then.
    private static let mostTries = 20_000

    private let words: UnsafeMutablePointer<Word>
    private let sets: Int

    /// - Parameter sets: a power of two; rounded down to one.
    package init(sets: Int = LimitTable.usualSets) {
        self.sets = 1 << (Int.bitWidth - 1 - max(sets, 1).leadingZeroBitCount)
        let count = self.sets * Self.wordsPerSet
        words = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Word>.stride, alignment: 128)
            .bindMemory(to: Word.self, capacity: count)
        for index in 0..<count { (words + index).initialize(to: Word(0)) }
    }

    deinit {
        words.deinitialize(count: sets * Self.wordsPerSet)
        UnsafeMutableRawPointer(words).deallocate()
    }

    /// Valid as long as the table.
    package var port: LimitPort {
        LimitPort(memory: UnsafeMutableRawPointer(words), size: sets) { memory, sets, question in
            let question = question.assumingMemoryBound(to: LimitQuestion.self)
            let key = question.pointee.key == 0 ? 1 : question.pointee.key
            let place = Int(truncatingIfNeeded: key) & (sets &- 1)
            let words = memory.assumingMemoryBound(to: Word.self) + place &* LimitTable.wordsPerSet
            LimitTable.answer(&question.pointee, key, words)
        }
    }

    private static func answer(_ question: inout LimitQuestion, _ key: UInt64, _ set: UnsafeMutablePointer<Word>) {
        // A slot that went to another key in between is looked for again.
        for _ in 0..<8 {
            var found = find(key, set)
            if found == nil {
                guard question.counts else { return }
                found = claim(key, set, question)
            }
            guard let slot = found else { return }
            if tally(&question, key, slot) { return }
        }
    }

    /// First word of the slot of a key: the key, the counts, and until when they matter, times two; odd while the key is
    /// refused until then.
    private static func find(_ key: UInt64, _ set: UnsafeMutablePointer<Word>) -> UnsafeMutablePointer<Word>? {
        var slot = set + 1
        for _ in 0..<ways {
            if slot.pointee.load(ordering: .acquiring) == key { return slot }
            slot += 3
        }
        return nil
    }

    /// - Returns: whether the slot was still the key's.
    private static func tally(
        _ question: inout LimitQuestion, _ key: UInt64, _ slot: UnsafeMutablePointer<Word>
    ) -> Bool {
        let (counts, ends) = (slot + 1, slot + 2)
        while true {
            let end = ends.pointee.load(ordering: .acquiring)
            let word = counts.pointee.load(ordering: .acquiring)
            guard slot.pointee.load(ordering: .acquiring) == key else { return false }
            let refusedFor = refusal(end, question)
            if question.acts, refusedFor > 0 {
                (question.isOver, question.wait) = (true, refusedFor)
                return true
            }
            let window = LimitWindow(word, now: question.now, period: question.period)
            if question.acts, !window.fits(question.requests) {
                if question.mitigation > 0 {
                    let until = UInt64(truncatingIfNeeded: question.now &+ question.mitigation) &<< 1 | 1
                    guard exchange(ends, end, until) else { continue }
                }
                question.isOver = true
                question.wait = question.mitigation > 0 ? question.mitigation : window.wait(question.requests)
                return true
            }
            guard question.counts else { return true }
            guard exchange(counts, word, window.counted().word) else { continue }
            // The window after this one still looks back at it.
            let last = UInt64(truncatingIfNeeded: (question.now / question.period &+ 2) &* question.period) &<< 1
            if end != last, refusedFor == 0 { _ = exchange(ends, end, last) }
            return true
        }
    }

    /// Milliseconds for which a key is refused still. More than the rule says means that the clock was set back.
    private static func refusal(_ end: UInt64, _ question: LimitQuestion) -> Int64 {
        guard end & 1 == 1 else { return 0 }
        let rest = Int64(truncatingIfNeeded: end &>> 1) &- question.now
        return rest > 0 && rest <= question.mitigation ? rest : 0
    }

    private static func exchange(_ word: UnsafeMutablePointer<Word>, _ old: UInt64, _ new: UInt64) -> Bool {
        word.pointee.compareExchange(expected: old, desired: new, ordering: .acquiringAndReleasing).exchanged
    }

    /// A slot for a key that has none. Nil when the set's mark could not be had.
    private static func claim(
        _ key: UInt64, _ set: UnsafeMutablePointer<Word>, _ question: LimitQuestion
    ) -> UnsafeMutablePointer<Word>? {
        var tries = 0
        while !exchange(set, 0, 1) {
            if let found = find(key, set) { return found }
            tries &+= 1
            guard tries < mostTries else { return nil }
        }
        defer { set.pointee.store(0, ordering: .releasing) }
        if let found = find(key, set) { return found }
        let slot = leastMissed(set, question.now)
        slot.pointee.store(0, ordering: .sequentiallyConsistent)
        (slot + 1).pointee.store(
            LimitWindow.empty(now: question.now, period: question.period), ordering: .sequentiallyConsistent)
        (slot + 2).pointee.store(0, ordering: .sequentiallyConsistent)
        slot.pointee.store(key, ordering: .sequentiallyConsistent)
        return slot
    }

    private static func leastMissed(_ set: UnsafeMutablePointer<Word>, _ now: Int64) -> UnsafeMutablePointer<Word> {
        var (best, least) = (set + 1, UInt64.max)
        for way in 0..<ways {
            let slot = set + 1 + way &* 3
            let (end, word) = ((slot + 2).pointee.load(ordering: .relaxed), (slot + 1).pointee.load(ordering: .relaxed))
            if slot.pointee.load(ordering: .relaxed) == 0 { return slot }
            let (isRefused, isOver) = (end & 1 == 1, Int64(truncatingIfNeeded: end &>> 1) <= now)
            let requests = (word & 0xF_FFFF) &+ (word &>> 20 & 0xF_FFFF)
            // After a refusal there may be a few requests that were only counted meanwhile.
            let loss = isOver ? (isRefused ? 1 : 0) : isRefused ? 1 &<< 62 | end &>> 1 : requests &+ 2
            if loss < least { (best, least) = (slot, loss) }
        }
        return best
    }
}

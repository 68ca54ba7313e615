extension GateDirectory {
    typealias QuestionPointer = UnsafePointer<Question>

    /// Which hashes a question's filter knows; most that it does not know end here, in memory that stays in the cache.
    /// Taken once for all that a field brings, so that the question is not read again for each.
    private struct Sieve {
        let words: UnsafePointer<UInt64>
        let shift: UInt64

        @inline(__always)
        func mayHave(_ hash: UInt64) -> Bool {
            let bit = hash &>> shift
            return words[Int(truncatingIfNeeded: bit &>> 6)] &>> (bit & 63) & 1 == 1
        }
    }

    @inline(__always)
    private func sieve(_ question: QuestionPointer) -> Sieve {
        // A directory with a question has a filter.
        let words = filter.baseAddress.unsafelyUnwrapped + question.pointee.firstFilterWord
        return Sieve(words: words, shift: question.pointee.filterShift)
    }

    /// Adds the list of a key; false when there is no room for another list.
    @inline(__always)
    func find(_ question: QuestionPointer, _ hash: UInt64, _ cursors: GateCursors) -> Bool {
        sieve(question).mayHave(hash) ? findEntry(question, hash, cursors) : true
    }

    @inline(never)
    private func findEntry(_ question: QuestionPointer, _ hash: UInt64, _ cursors: GateCursors) -> Bool {
        let mask = question.pointee.entryMask
        var place = Int(truncatingIfNeeded: hash &>> question.pointee.entryShift)
        while true {
            let entry = entries[question.pointee.firstEntry &+ place]
            // A question's table is at most half full.
            if entry.count == 0 { return true }
            if entry.hash == hash {
                guard cursors.state.pointee.count < GateCursors.most, let start = lists.baseAddress else {
                    return false
                }
                cursors.append(start + Int(entry.start), Int(entry.count))
                return true
            }
            place = (place &+ 1) & mask
        }
    }

    @inline(__always)
    func findPrefixes(
        _ question: QuestionPointer, _ text: UnsafePointer<UInt8>, _ count: Int, _ cursors: GateCursors
    ) -> Bool {
        let end = min(count, question.pointee.longest)
        let lengths = question.pointee.lengths
        let sieve = sieve(question)
        var state = GateHash.emptyPrefix
        // The bit of the length that comes next is the lowest.
        var asked = lengths.0 &>> 1
        var place = 0
        while place < end {
            state = GateHash.longer(state, text[place])
            place &+= 1
            if asked & 1 == 1 {
                let hash = GateHash.prefix(state)
                guard !sieve.mayHave(hash) || findEntry(question, hash, cursors) else { return false }
            }
            asked &>>= 1
            if place & 63 == 63 { asked = place == 63 ? lengths.1 : place == 127 ? lengths.2 : lengths.3 }
        }
        return true
    }

    @inline(__always)
    func findParts(
        _ question: QuestionPointer, _ text: UnsafeRawPointer, _ count: Int, _ cursors: GateCursors
    ) -> Bool {
        let (sieve, step) = (sieve(question), question.pointee.step)
        var place = 0
        if question.pointee.kind == .quads {
            while place &+ 4 <= count {
                let hash = GateHash.quad(text.loadLittle(place, UInt32.self))
                guard !sieve.mayHave(hash) || findEntry(question, hash, cursors) else { return false }
                place &+= step
            }
        } else {
            while place &+ 2 <= count {
                let hash = GateHash.pair(text.loadLittle(place, UInt16.self))
                guard !sieve.mayHave(hash) || findEntry(question, hash, cursors) else { return false }
                place &+= step
            }
        }
        return true
    }

    /// Networks around an IPv4 address.
    func findNetworks(_ question: QuestionPointer, _ address: UInt64, _ cursors: GateCursors) -> Bool {
        var lengths = question.pointee.lengths.0
        while lengths != 0 {
            let length = lengths.trailingZeroBitCount
            lengths &= lengths &- 1
            let network = address & (UInt64.max &<< UInt64(32 &- length))
            guard find(question, GateHash.network(0, network, length), cursors) else { return false }
        }
        return true
    }

    /// Networks around an IPv6 address.
    func findNetworks(
        _ question: QuestionPointer, _ high: UInt64, _ low: UInt64, _ cursors: GateCursors
    ) -> Bool {
        var length = 0
        while length <= 128 {
            let word =
                length < 64
                ? question.pointee.longLengths.0
                : length < 128 ? question.pointee.longLengths.1 : question.pointee.longLengths.2
            if word &>> UInt64(length & 63) & 1 == 1 {
                // Shifts by 64 and more give 0.
                let upper = high & (UInt64.max << UInt64(max(64 &- length, 0)))
                let lower = low & (UInt64.max << UInt64(min(128 &- length, 64)))
                let hash = GateHash.network(upper, lower, length &+ GateKey.longNetwork)
                guard find(question, hash, cursors) else { return false }
            }
            length &+= 1
        }
        return true
    }
}

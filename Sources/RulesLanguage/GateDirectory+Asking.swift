extension GateDirectory {
    typealias QuestionPointer = UnsafePointer<Question>

    /// Whether the filter knows a hash; most that it does not know end here, in memory that stays in the cache.
    @inline(__always)
    private func mayHave(_ question: QuestionPointer, _ hash: UInt64) -> Bool {
        let bit = hash &>> question.pointee.filterShift
        let word = question.pointee.firstFilterWord &+ Int(truncatingIfNeeded: bit &>> 6)
        return filter[word] &>> (bit & 63) & 1 == 1
    }

    /// Adds the list of a key; false when there is no room for another list.
    @inline(__always)
    func find(_ question: QuestionPointer, _ hash: UInt64, _ cursors: GateCursors) -> Bool {
        mayHave(question, hash) ? findEntry(question, hash, cursors) : true
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
        var state = GateHash.emptyPrefix
        var place = 0
        while place < end {
            state = GateHash.longer(state, text[place])
            place &+= 1
            let word =
                place < 128 ? (place < 64 ? lengths.0 : lengths.1) : (place < 192 ? lengths.2 : lengths.3)
            guard word &>> UInt64(place & 63) & 1 == 1 else { continue }
            guard find(question, GateHash.prefix(state), cursors) else { return false }
        }
        return true
    }

    @inline(__always)
    func findParts(
        _ question: QuestionPointer, _ text: UnsafeRawPointer, _ count: Int, _ cursors: GateCursors
    ) -> Bool {
        var place = 0
        if question.pointee.kind == .quads {
            while place &+ 4 <= count {
                let hash = GateHash.quad(text.loadLittle(place, UInt32.self))
                guard find(question, hash, cursors) else { return false }
                place &+= 1
            }
        } else {
            while place &+ 2 <= count {
                let hash = GateHash.pair(text.loadLittle(place, UInt16.self))
                guard find(question, hash, cursors) else { return false }
                place &+= 1
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

import CRE2

extension Machine {
    /// Start and end of groups within the source; -1 for a group that took no part.
    private typealias Groups = UnsafePointer<Int>

    /// The source with its first match replaced; the source itself when there is none.
    func regexReplaced(_ slot: Slot, _ regexIndex: Slot, _ replacement: Slot) -> Slot {
        guard slot.kind == .bytes, let source = slot.pointer, replacement.kind == .bytes,
            let template = replacement.pointer, regexIndex.kind == .int,
            let regex = regexes?[Int(truncatingIfNeeded: regexIndex.integer)]
        else { return .missing }
        let count = Int(CRE2_MAX_GROUPS)
        guard let spans = scratch.pointee.allocate(cre2_span.self, count),
            let groups = scratch.pointee.allocate(Int.self, 2 &* count)
        else { return .missing }
        guard cre2_search(regex, source, slot.count, spans, Int32(CRE2_MAX_GROUPS)) == 1 else { return slot }
        var index = 0
        while index < count {
            groups[2 &* index] = Int(truncatingIfNeeded: spans[index].start)
            groups[2 &* index &+ 1] = Int(truncatingIfNeeded: spans[index].end)
            index &+= 1
        }
        let start = groups[0]
        let end = groups[1]
        guard start >= 0, end >= start, end <= slot.count else { return slot }
        let middle = expand(template, replacement.count, source, Groups(groups), count, into: nil)
        guard middle <= Scratch.defaultLimit, let result = room(slot.count &- (end &- start) &+ middle) else {
            return .missing
        }
        memcpy(result, source, start)
        _ = expand(template, replacement.count, source, Groups(groups), count, into: result + start)
        memcpy(result + (start &+ middle), source + end, slot.count &- end)
        return .bytes(result, slot.count &- (end &- start) &+ middle)
    }

    /// The replacement when the whole source matches, else the source.
    func wildcardReplaced(_ slot: Slot, _ pattern: Slot, _ replacement: Slot) -> Slot {
        guard slot.kind == .bytes, let source = slot.pointer, replacement.kind == .bytes,
            let template = replacement.pointer, pattern.kind == .bytes, let compiled = pattern.pointer
        else { return .missing }
        let stars = WildcardMatch.starCount(compiled)
        guard let groups = scratch.pointee.allocate(Int.self, 2 &* (stars &+ 1)) else { return .missing }
        groups[0] = 0
        groups[1] = slot.count
        guard WildcardMatch.run(compiled, source, slot.count, scratch, captures: groups + 2) else { return slot }
        let count = expand(template, replacement.count, source, Groups(groups), stars &+ 1, into: nil)
        guard count <= Scratch.defaultLimit, let result = room(count) else { return .missing }
        _ = expand(template, replacement.count, source, Groups(groups), stars &+ 1, into: result)
        return .bytes(result, count)
    }

    /// Writes a replacement with its `${n}` and `$$` resolved; without a target only measures it. The same reading as
    /// `ReplacementTemplate`, without allocating.
    private func expand(
        _ template: UnsafePointer<UInt8>, _ length: Int, _ source: UnsafePointer<UInt8>, _ groups: Groups,
        _ groupCount: Int, into target: UnsafeMutablePointer<UInt8>?
    ) -> Int {
        var written = 0
        var index = 0
        while index < length {
            let byte = template[index]
            if byte == UInt8(ascii: "$"), index &+ 1 < length {
                if template[index &+ 1] == UInt8(ascii: "$") {
                    target?[written] = byte
                    written &+= 1
                    index &+= 2
                    continue
                }
                if let (number, next) = Self.reference(template, length, index) {
                    if number < groupCount, groups[2 &* number] >= 0 {
                        let count = max(groups[2 &* number &+ 1] &- groups[2 &* number], 0)
                        if let target { memcpy(target + written, source + groups[2 &* number], count) }
                        written &+= count
                    }
                    index = next
                    continue
                }
            }
            target?[written] = byte
            written &+= 1
            index &+= 1
        }
        return written
    }

    /// Number of a `${n}` at this place, and the place after it.
    private static func reference(
        _ template: UnsafePointer<UInt8>, _ length: Int, _ start: Int
    ) -> (number: Int, next: Int)? {
        guard template[start &+ 1] == UInt8(ascii: "{") else { return nil }
        var number = 0
        var index = start &+ 2
        while index < length, index &- start < 11, ASCII.isDigit(template[index]) {
            number = number &* 10 &+ Int(template[index] &- 0x30)
            index &+= 1
        }
        guard index > start &+ 2, index < length, template[index] == UInt8(ascii: "}") else { return nil }
        return (number, index &+ 1)
    }
}

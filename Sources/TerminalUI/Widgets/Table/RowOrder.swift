/// Sorts rows by keys that are packed into a number first: most comparisons need no text.
enum RowOrder {
    private struct Entry {
        /// Kind and beginning of the key, so that smaller numbers come first.
        var head: UInt64
        var slot: Int32
    }

    /// Positions of the source in order. Equal keys keep the order of the source; what is missing comes last always.
    static func sorted(_ source: some TableSource, by sort: TableSort) -> [Int32] {
        // Only what is longer than its beginning: an empty one means that the head says it all.
        var texts = [String](repeating: "", count: source.count)
        var entries: [Entry] = []
        entries.reserveCapacity(source.count)
        var missing: [Int32] = []
        for slot in 0..<source.count {
            let index = Int32(slot)
            switch source.sortKey(at: slot, column: sort.column) {
            case .number(let value) where !value.isNaN: entries.append(Entry(head: head(value), slot: index))
            case .number, .missing: missing.append(index)
            case .text(let text):
                let folded = fold(text)
                entries.append(Entry(head: head(folded), slot: index))
                if folded.utf8.count > 7 { texts[slot] = folded }
            }
        }
        entries.sort { left, right in
            if left.head != right.head { return (left.head < right.head) != sort.isDescending }
            let one = texts[Int(left.slot)]
            let other = texts[Int(right.slot)]
            if one != other { return (one < other) != sort.isDescending }
            return left.slot < right.slot
        }
        return entries.map(\.slot) + missing
    }

    /// Numbers below all texts; the order of the bits is the order of the numbers.
    private static func head(_ value: Double) -> UInt64 {
        let bits = (value == 0 ? 0.0 : value).bitPattern
        let ordered = bits >> 63 == 1 ? ~bits : bits | (1 << 63)
        return ordered >> 1
    }

    /// Seven bytes of the text below a bit that says it is one.
    private static func head(_ text: String) -> UInt64 {
        var head: UInt64 = 0
        var count = 0
        for byte in text.utf8.prefix(7) {
            head = head << 8 | UInt64(byte)
            count += 1
        }
        return head << (8 * UInt64(7 - count)) | (1 << 63)
    }

    private static func fold(_ text: String) -> String { String(decoding: Folding.fold(text), as: UTF8.self) }
}

/// `fr-CH, fr;q=0.8, en;q=0.9` as `fr-CH`, `en`, `fr`: by weight (RFC 9110 §12.5.4), equal weights in order.
enum AcceptedLanguages {
    typealias Bytes = UnsafeRawBufferPointer

    /// More tags than this are left out: sorting is by insertion.
    static let most = 64

    private struct Entry: BitwiseCopyable {
        var tag: Bytes
        /// In thousandths.
        var weight: Int
    }

    static func list(_ header: Bytes, _ arena: inout Arena) -> UnsafeBufferPointer<Bytes>? {
        guard let entries = arena.allocate(Entry.self, most), let tags = arena.allocate(Bytes.self, most) else {
            return nil
        }
        var (count, start) = (0, 0)
        while start < header.count, count < most {
            let end = header.place(of: UInt8(ascii: ","), from: start) ?? header.count
            let part = header.slice(start, end)
            let mark = part.place(of: UInt8(ascii: ";"))
            let tag = part.slice(0, mark ?? part.count).trimmed()
            if !tag.isEmpty {
                let entry = Entry(tag: tag, weight: mark.map { weight(part.slice($0 &+ 1, part.count)) } ?? 1_000)
                var place = count
                while place > 0, entries[place &- 1].weight < entry.weight {
                    (entries + place).initialize(to: entries[place &- 1])
                    place &-= 1
                }
                (entries + place).initialize(to: entry)
                count &+= 1
            }
            start = end &+ 1
        }
        for index in 0..<count { (tags + index).initialize(to: entries[index].tag) }
        return UnsafeBufferPointer(start: tags, count: count)
    }

    /// `q=0.85` in thousandths; what cannot be read counts in full.
    private static func weight(_ parameter: Bytes) -> Int {
        let text = parameter.trimmed()
        guard text.count >= 3, text[0] | 0x20 == UInt8(ascii: "q"), text[1] == UInt8(ascii: "=") else { return 1_000 }
        guard text[2] == UInt8(ascii: "0") else { return 1_000 }
        var (weight, unit, index) = (0, 100, 4)
        while index < text.count, index < 7, (48...57).contains(text[index]) {
            weight &+= Int(text[index] &- 48) &* unit
            (unit, index) = (unit / 10, index &+ 1)
        }
        return weight
    }
}

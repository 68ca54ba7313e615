internal import RulesLanguage

/// `a=1; b=2` as pairs. Names are percent-decoded, values are as they came, parts without `=` are no cookies.
enum Cookies {
    typealias Bytes = UnsafeRawBufferPointer
    typealias Pair = FieldTable.Pair

    static func pairs(in header: Bytes, _ arena: inout Arena) -> UnsafeBufferPointer<Pair>? {
        // Each pair has a `=` and all but one a `;`.
        guard let pairs = arena.allocate(Pair.self, header.count / 2 &+ 1) else { return nil }
        var (count, start) = (0, 0)
        while start < header.count {
            let end = header.place(of: UInt8(ascii: ";"), from: start) ?? header.count
            if let mark = header.slice(start, end).place(of: UInt8(ascii: "=")) {
                let name = decoded(header.slice(start, start &+ mark).trimmed(), &arena)
                let value = header.slice(start &+ mark &+ 1, end).trimmed()
                (pairs + count).initialize(to: Pair(key: name, value: value))
                count &+= 1
            }
            start = end &+ 1
        }
        return UnsafeBufferPointer(start: pairs, count: count)
    }

    /// With `%XX` replaced; what is no such triple stays.
    private static func decoded(_ name: Bytes, _ arena: inout Arena) -> Bytes {
        guard name.place(of: UInt8(ascii: "%")) != nil, let copy = arena.allocate(name.count) else { return name }
        var (index, end) = (0, 0)
        while index < name.count {
            var byte = name[index]
            if byte == UInt8(ascii: "%"), index &+ 2 < name.count,
                let high = hexadecimal(name[index &+ 1]), let low = hexadecimal(name[index &+ 2])
            {
                byte = high << 4 | low
                index &+= 2
            }
            copy.storeBytes(of: byte, toByteOffset: end, as: UInt8.self)
            (index, end) = (index &+ 1, end &+ 1)
        }
        return Bytes(start: copy, count: end)
    }
}

/// The value of a hexadecimal digit.
@inline(__always)
func hexadecimal(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 48...57: digit &- 48
    case 65...70: digit &- 55
    case 97...102: digit &- 87
    default: nil
    }
}

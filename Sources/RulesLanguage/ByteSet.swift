/// A set of byte values: what a character class comes to, since patterns match bytes.
struct ByteSet: Hashable {
    private var first: (UInt64, UInt64) = (0, 0)
    private var second: (UInt64, UInt64) = (0, 0)

    init() {}

    init(_ ranges: ClosedRange<UInt8>...) {
        for range in ranges { insert(range) }
    }

    static func == (left: ByteSet, right: ByteSet) -> Bool { left.first == right.first && left.second == right.second }

    func hash(into hasher: inout Hasher) {
        for word in [first.0, first.1, second.0, second.1] { hasher.combine(word) }
    }

    static var all: ByteSet { ByteSet(0...255) }

    func contains(_ byte: UInt8) -> Bool {
        let word = byte < 128 ? (byte < 64 ? first.0 : first.1) : (byte < 192 ? second.0 : second.1)
        return word >> UInt64(byte & 63) & 1 == 1
    }

    mutating func insert(_ range: ClosedRange<UInt8>) {
        for byte in range {
            let bit = UInt64(1) << UInt64(byte & 63)
            switch byte >> 6 {
            case 0: first.0 |= bit
            case 1: first.1 |= bit
            case 2: second.0 |= bit
            default: second.1 |= bit
            }
        }
    }

    private func combined(_ other: ByteSet, _ operation: (UInt64, UInt64) -> UInt64) -> ByteSet {
        var result = ByteSet()
        result.first = (operation(first.0, other.first.0), operation(first.1, other.first.1))
        result.second = (operation(second.0, other.second.0), operation(second.1, other.second.1))
        return result
    }

    func union(_ other: ByteSet) -> ByteSet { combined(other, |) }
    func intersection(_ other: ByteSet) -> ByteSet { combined(other, &) }
    func subtracting(_ other: ByteSet) -> ByteSet { combined(other) { $0 & ~$1 } }
    func symmetricDifference(_ other: ByteSet) -> ByteSet { combined(other, ^) }
    var inverted: ByteSet { ByteSet.all.subtracting(self) }

    /// With both cases of every ASCII letter in it.
    var caseFolded: ByteSet {
        var result = self
        for letter in UInt8(ascii: "a")...UInt8(ascii: "z") where contains(letter) || contains(letter - 32) {
            result.insert(letter...letter)
            result.insert(letter - 32...letter - 32)
        }
        return result
    }

    /// Stretches of neighbours, ascending.
    var ranges: [ClosedRange<UInt8>] {
        var result: [ClosedRange<UInt8>] = []
        var start: UInt8?
        for byte in UInt8.min...UInt8.max {
            if contains(byte) {
                start = start ?? byte
            } else if let begin = start {
                result.append(begin...byte - 1)
                start = nil
            }
        }
        if let start { result.append(start...255) }
        return result
    }
}

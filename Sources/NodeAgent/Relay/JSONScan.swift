/// Finds the members of one JSON object without reading what is in them, so that a body of megabytes can be passed on
/// byte for byte.
///
/// Linear and without recursion. It does not check what it skips: the bytes come from Envoy or `serve`, and whoever
/// uses a member decodes that member.
struct JSONScan {
    struct Member: Hashable, Sendable {
        /// As written, without the quotes; escapes are left as they are.
        var key: [UInt8]
        /// From the opening quote of the key to the end of the value.
        var range: Range<Int>
        var value: Range<Int>
    }

    /// Read in place: a request of Envoy's is some 75 kB, and every byte of it is looked at.
    private let bytes: UnsafeBufferPointer<UInt8>
    private var place: Int
    private let end: Int

    private init(_ bytes: UnsafeBufferPointer<UInt8>, in range: Range<Int>) {
        self.bytes = bytes
        place = range.lowerBound
        end = range.upperBound
    }

    /// Members of the object that `range` holds, in order; nil when there is no complete object.
    /// - Parameter wanted: stop after this member, which may save reading the rest.
    static func members(of bytes: [UInt8], in range: Range<Int>? = nil, until wanted: String? = nil) -> [Member]? {
        bytes.withUnsafeBufferPointer { all in
            var scan = JSONScan(all, in: range ?? all.indices)
            return scan.object(until: wanted.map { Array($0.utf8) })
        }
    }

    private mutating func object(until wanted: [UInt8]?) -> [Member]? {
        guard take(UInt8(ascii: "{")) else { return nil }
        var found: [Member] = []
        if take(UInt8(ascii: "}")) { return found }
        while true {
            skipBlanks()
            let start = place
            guard let key = string(), take(UInt8(ascii: ":")) else { return nil }
            skipBlanks()
            let valueStart = place
            guard skipValue() else { return nil }
            found.append(Member(key: Array(bytes[key]), range: start..<place, value: valueStart..<place))
            if let wanted, found[found.count - 1].key == wanted { return found }
            if take(UInt8(ascii: "}")) { return found }
            guard take(UInt8(ascii: ",")) else { return nil }
        }
    }

    private mutating func skipBlanks() {
        while place < end, bytes[place] == 0x20 || (0x09...0x0D).contains(bytes[place]) { place += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard place < end, bytes[place] == byte else { return false }
        place += 1
        return true
    }

    /// The inside of a string; nil when none begins here or it does not end.
    private mutating func string() -> Range<Int>? {
        guard place < end, bytes[place] == UInt8(ascii: "\"") else { return nil }
        place += 1
        let start = place
        while place < end {
            switch bytes[place] {
            case UInt8(ascii: "\""):
                place += 1
                return start..<(place - 1)
            case UInt8(ascii: "\\"): place += 2
            default: place += 1
            }
        }
        return nil
    }

    private mutating func skipValue() -> Bool {
        var depth = 0
        let start = place
        while place < end {
            switch bytes[place] {
            case UInt8(ascii: "\""):
                guard string() != nil else { return false }
                if depth == 0 { return true }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                place += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // At depth 0 this closes the object around: a number or a word ended before it.
                if depth == 0 { return place > start }
                depth -= 1
                place += 1
                if depth == 0 { return true }
            case UInt8(ascii: ","):
                if depth == 0 { return place > start }
                place += 1
            default: place += 1
            }
        }
        return false
    }
}

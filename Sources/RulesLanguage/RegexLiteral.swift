/// The literal that a pattern cannot match without: `/item-` of `^/item-[0-9]+$`.
///
/// Reads patterns as they stand in programs, in RE2's syntax, and gives up on what it does not know.
struct RegexLiteral {
    private let pattern: UnsafeRawBufferPointer
    private var place = 0
    /// The literal that is being read.
    private var start = 0
    private var end = 0
    private var longest = 0..<0

    /// The longest run of bytes in a row that every match has in it, letters in either case; nil when none is known.
    ///
    /// Runs stand in the pattern as they are: an escaped byte ends one.
    static func longest(in pattern: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        var reader = RegexLiteral(pattern: pattern)
        guard reader.run(), reader.longest.count >= 2 else { return nil }
        return UnsafeRawBufferPointer(rebasing: pattern[reader.longest])
    }

    private init(pattern: UnsafeRawBufferPointer) { self.pattern = pattern }

    /// False when alternatives or something unknown make all that was read worth nothing.
    private mutating func run() -> Bool {
        while place < pattern.count {
            let byte = pattern[place]
            switch byte {
            case UInt8(ascii: "|"), UInt8(ascii: ")"): return false
            case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "{"):
                // The byte before may be missing.
                end = max(start, end - 1)
                close()
                place += 1
                if byte == UInt8(ascii: "{"), !skipCount() { return false }
            case UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "$"), UInt8(ascii: "+"):
                close()
                place += 1
            case UInt8(ascii: "\\"):
                close()
                guard skipEscape() else { return false }
            case UInt8(ascii: "["):
                close()
                guard skipClass() else { return false }
            case UInt8(ascii: "("):
                close()
                guard skipGroup() else { return false }
            case 0x80...:
                close()
                place += 1
            default:
                if start == end { (start, end) = (place, place) }
                place += 1
                end = place
            }
        }
        close()
        return true
    }

    private mutating func close() {
        if end - start > longest.count { longest = start..<end }
        (start, end) = (place + 1, place + 1)
    }

    /// How often something is repeated; anything else in braces is not read.
    private mutating func skipCount() -> Bool {
        while place < pattern.count, ASCII.isDigit(pattern[place]) || pattern[place] == UInt8(ascii: ",") { place += 1 }
        guard place < pattern.count, pattern[place] == UInt8(ascii: "}") else { return false }
        place += 1
        return true
    }

    /// One byte and a class of bytes; longer escapes are not read.
    private mutating func skipEscape() -> Bool {
        guard place + 1 < pattern.count else { return false }
        let byte = pattern[place + 1]
        let isSign = byte < 0x80 && !ASCII.isDigit(byte) && ASCII.lowercase(byte) &- 0x61 >= 26
        guard isSign || "dDsSwWbBAznrtfv".utf8.contains(byte) else { return false }
        place += 2
        return true
    }

    private mutating func skipClass() -> Bool {
        place += 1
        if place < pattern.count, pattern[place] == UInt8(ascii: "^") { place += 1 }
        var isFirst = true
        while place < pattern.count {
            switch pattern[place] {
            case UInt8(ascii: "]") where !isFirst:
                place += 1
                return true
            case UInt8(ascii: "["):
                // Perhaps a named class, which has a bracket of its own.
                if place + 1 < pattern.count, pattern[place + 1] == UInt8(ascii: ":") { return false }
                place += 1
            case UInt8(ascii: "\\"): place += 2
            default: place += 1
            }
            isFirst = false
        }
        return false
    }

    /// A group may be optional or have alternatives: what is in it counts for nothing.
    private mutating func skipGroup() -> Bool {
        var depth = 0
        while place < pattern.count {
            switch pattern[place] {
            case UInt8(ascii: "("):
                depth += 1
                place += 1
            case UInt8(ascii: ")"):
                depth -= 1
                place += 1
                if depth == 0 {
                    (start, end) = (place, place)
                    return true
                }
            case UInt8(ascii: "\\"): guard skipEscape() else { return false }
            case UInt8(ascii: "["): guard skipClass() else { return false }
            default: place += 1
            }
        }
        return false
    }
}

extension Machine {
    /// The value at a path of keys and indexes in a JSON text (RFC 8259); missing when the text is no JSON up to there,
    /// the path leads nowhere, or the value is of another type. Of double keys the first counts.
    func lookUp(_ slot: Slot, _ arguments: Arguments, _ count: Int, wantsInteger: Bool) -> Slot {
        guard slot.kind == .bytes, let source = slot.pointer else { return .missing }
        var reader = JSONReader(text: source, count: slot.count)
        var index = 1
        while index < count {
            let step = arguments[index]
            switch step.kind {
            case .bytes:
                guard let key = step.pointer, reader.enterObject(key, step.count) else { return .missing }
            case .int:
                guard step.integer >= 0, reader.enterArray(step.integer) else { return .missing }
            default: return .missing
            }
            index &+= 1
        }
        if wantsInteger { return reader.integer().map { .int($0) } ?? .missing }
        guard let (start, end) = reader.string(), let result = room(end &- start) else { return .missing }
        return .bytes(result, reader.unescape(start, end, into: result))
    }
}

/// A cursor over JSON text. Skips by counting, never recurses, never reads beyond the text.
struct JSONReader {
    private let text: UnsafePointer<UInt8>
    private let count: Int
    private var position = 0

    init(text: UnsafePointer<UInt8>, count: Int) {
        self.text = text
        self.count = count
    }

    private mutating func skipSpace() {
        while position < count {
            switch text[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position &+= 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < count, text[position] == byte else { return false }
        position &+= 1
        return true
    }

    /// Moves to the value of a key.
    mutating func enterObject(_ key: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        guard take(UInt8(ascii: "{")), !take(UInt8(ascii: "}")) else { return false }
        repeat {
            guard let (start, end) = string() else { return false }
            let isWanted = equals(start, end, key, length)
            guard take(UInt8(ascii: ":")) else { return false }
            if isWanted { return true }
            guard skipValue() else { return false }
        } while take(UInt8(ascii: ","))
        return false
    }

    /// Moves to an element.
    mutating func enterArray(_ index: Int64) -> Bool {
        guard take(UInt8(ascii: "[")), !take(UInt8(ascii: "]")) else { return false }
        var left = index
        while left > 0 {
            guard skipValue(), take(UInt8(ascii: ",")) else { return false }
            left &-= 1
        }
        return true
    }

    /// Where the inside of a string lies, still escaped.
    mutating func string() -> (start: Int, end: Int)? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = position
        while position < count {
            let byte = text[position]
            if byte == UInt8(ascii: "\"") {
                position &+= 1
                return (start, position &- 1)
            }
            position &+= byte == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }

    mutating func integer() -> Int64? {
        skipSpace()
        var isNegative = false
        if position < count, text[position] == UInt8(ascii: "-") {
            isNegative = true
            position &+= 1
        }
        let start = position
        var value: Int64 = 0
        while position < count, ASCII.isDigit(text[position]) {
            let digit = Int64(text[position] &- 0x30)
            let (tens, first) = value.multipliedReportingOverflow(by: 10)
            let (next, second) =
                isNegative ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
            guard !first, !second else { return nil }
            value = next
            position &+= 1
        }
        guard position > start else { return nil }
        // A fraction or an exponent makes it another type.
        if position < count, text[position] == UInt8(ascii: ".") || text[position] | 0x20 == UInt8(ascii: "e") {
            return nil
        }
        return value
    }

    /// Past a value of any type.
    private mutating func skipValue() -> Bool {
        var depth = 0
        while true {
            skipSpace()
            guard position < count else { return false }
            switch text[position] {
            case UInt8(ascii: "\""):
                guard string() != nil else { return false }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth &+= 1
                position &+= 1
                continue
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0 else { return false }
                depth &-= 1
                position &+= 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard depth > 0 else { return false }
                position &+= 1
                continue
            default:
                let start = position
                while position < count, Self.isWordByte(text[position]) { position &+= 1 }
                guard position > start else { return false }
            }
            if depth == 0 { return true }
        }
    }

    /// What numbers, `true`, `false` and `null` are made of.
    private static func isWordByte(_ byte: UInt8) -> Bool {
        ASCII.isNameByte(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
    }

    /// Whether an escaped string equals plain bytes; it is unescaped one character at a time.
    private func equals(_ start: Int, _ end: Int, _ key: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        var index = start
        var matched = 0
        while index < end {
            var units: (UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0)
            let width = next(&index, end, &units)
            let isSame = withUnsafeBytes(of: units) { bytes in
                (0..<width).allSatisfy { matched &+ $0 < length && bytes[$0] == key[matched &+ $0] }
            }
            guard isSame else { return false }
            matched &+= width
        }
        return matched == length
    }

    /// Writes a string without its escapes; never longer than it was.
    func unescape(_ start: Int, _ end: Int, into target: UnsafeMutablePointer<UInt8>) -> Int {
        var index = start
        var written = 0
        while index < end {
            var units: (UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0)
            let width = next(&index, end, &units)
            withUnsafeBytes(of: units) { bytes in
                for position in 0..<width { target[written &+ position] = bytes[position] }
            }
            written &+= width
        }
        return written
    }

    /// The next character as one to four bytes.
    private func next(_ index: inout Int, _ end: Int, _ units: inout (UInt8, UInt8, UInt8, UInt8)) -> Int {
        let byte = text[index]
        index &+= 1
        guard byte == UInt8(ascii: "\\"), index < end else {
            units.0 = byte
            return 1
        }
        let escaped = text[index]
        index &+= 1
        switch escaped {
        case UInt8(ascii: "n"): units.0 = 0x0a
        case UInt8(ascii: "t"): units.0 = 0x09
        case UInt8(ascii: "r"): units.0 = 0x0d
        case UInt8(ascii: "b"): units.0 = 0x08
        case UInt8(ascii: "f"): units.0 = 0x0c
        case UInt8(ascii: "u"): return unicode(&index, end, &units)
        default: units.0 = escaped
        }
        return 1
    }

    private func unicode(_ index: inout Int, _ end: Int, _ units: inout (UInt8, UInt8, UInt8, UInt8)) -> Int {
        guard var code = hex(index, end) else {
            units.0 = UInt8(ascii: "u")
            return 1
        }
        index &+= 4
        if code & 0xfc00 == 0xd800, index &+ 1 < end, text[index] == UInt8(ascii: "\\"),
            text[index &+ 1] == UInt8(ascii: "u"), let low = hex(index &+ 2, end), low & 0xfc00 == 0xdc00
        {
            code = 0x10000 &+ ((code & 0x3ff) << 10 | low & 0x3ff)
            index &+= 6
        }
        var width = 0
        let encoded = Unicode.Scalar(code).flatMap(UTF8.encode) ?? UTF8.encodedReplacementCharacter
        withUnsafeMutableBytes(of: &units) { bytes in
            for unit in encoded where width < 4 {
                bytes[width] = unit
                width &+= 1
            }
        }
        return width
    }

    private func hex(_ start: Int, _ end: Int) -> UInt32? {
        guard start &+ 4 <= end else { return nil }
        var code: UInt32 = 0
        var index = start
        while index < start &+ 4 {
            guard let digit = ASCII.hexDigit(text[index]) else { return nil }
            code = code << 4 | UInt32(digit)
            index &+= 1
        }
        return code
    }
}

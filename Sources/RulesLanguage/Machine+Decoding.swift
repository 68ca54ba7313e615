import CRE2

extension Machine {
    // MARK: percent decoding

    /// `+` becomes a space and `%HH` a byte; with option `u` `%uHHHH` becomes UTF-8, with `r` it is done again until
    /// nothing changes (at most `Semantics.maximumDecodeRounds` times).
    func urlDecoded(_ slot: Slot, _ options: Slot) -> Slot {
        guard slot.kind == .bytes, let source = slot.pointer, let result = room(slot.count) else { return .missing }
        var repeats = false
        var allowsUnicode = false
        var index = 0
        while options.kind == .bytes, index < options.count, let letters = options.pointer {
            repeats = repeats || letters[index] == UInt8(ascii: "r")
            allowsUnicode = allowsUnicode || letters[index] == UInt8(ascii: "u")
            index &+= 1
        }
        var (count, changed) = Self.decode(source, slot.count, result, allowsUnicode)
        var rounds = 1
        while repeats, changed, rounds < Semantics.maximumDecodeRounds {
            // Decoding never makes text longer, so it can be done in place.
            (count, changed) = Self.decode(UnsafePointer(result), count, result, allowsUnicode)
            rounds &+= 1
        }
        return .bytes(result, count)
    }

    private static func decode(
        _ source: UnsafePointer<UInt8>, _ count: Int, _ target: UnsafeMutablePointer<UInt8>, _ allowsUnicode: Bool
    ) -> (count: Int, changed: Bool) {
        var read = 0
        var written = 0
        var changed = false
        while read < count {
            let byte = source[read]
            if byte == UInt8(ascii: "+") {
                target[written] = UInt8(ascii: " ")
                changed = true
            } else if byte == UInt8(ascii: "%"), read &+ 2 < count, let high = ASCII.hexDigit(source[read &+ 1]),
                let low = ASCII.hexDigit(source[read &+ 2])
            {
                target[written] = high << 4 | low
                read &+= 2
                changed = true
            } else if allowsUnicode, byte == UInt8(ascii: "%"), read &+ 5 < count,
                source[read &+ 1] | 0x20 == UInt8(ascii: "u"), let code = hexCode(source + (read &+ 2)),
                let scalar = Unicode.Scalar(code)
            {
                for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                    target[written] = unit
                    written &+= 1
                }
                written &-= 1
                read &+= 5
                changed = true
            } else {
                target[written] = byte
            }
            read &+= 1
            written &+= 1
        }
        return (written, changed)
    }

    private static func hexCode(_ source: UnsafePointer<UInt8>) -> UInt32? {
        var code: UInt32 = 0
        var index = 0
        while index < 4 {
            guard let digit = ASCII.hexDigit(source[index]) else { return nil }
            code = code << 4 | UInt32(digit)
            index &+= 1
        }
        return code
    }

    /// The query string without the arguments of these names; names are compared undecoded.
    func removingQueryArgs(_ slot: Slot, _ arguments: Arguments, _ count: Int) -> Slot {
        guard slot.kind == .bytes, let source = slot.pointer, let result = room(slot.count) else { return .missing }
        var filled = 0
        var from = 0
        while from < slot.count {
            let separator = memchr(source + from, Int32(UInt8(ascii: "&")), slot.count &- from)
            let end =
                separator.map { UnsafePointer<UInt8>($0.assumingMemoryBound(to: UInt8.self)) - source } ?? slot.count
            let equals = memchr(source + from, Int32(UInt8(ascii: "=")), end &- from)
            let nameEnd = equals.map { UnsafePointer<UInt8>($0.assumingMemoryBound(to: UInt8.self)) - source } ?? end
            if !isNamed(source + from, nameEnd &- from, arguments, count) {
                if filled > 0 {
                    result[filled] = UInt8(ascii: "&")
                    filled &+= 1
                }
                memcpy(result + filled, source + from, end &- from)
                filled &+= end &- from
            }
            from = end &+ 1
        }
        return .bytes(result, filled)
    }

    private func isNamed(_ name: UnsafePointer<UInt8>, _ length: Int, _ arguments: Arguments, _ count: Int) -> Bool {
        var index = 1
        while index < count {
            let wanted = arguments[index]
            if wanted.kind == .bytes, wanted.count == length, let start = wanted.pointer,
                memcmp(name, start, length) == 0
            {
                return true
            }
            index &+= 1
        }
        return false
    }

    // MARK: base64 (RFC 4648)

    /// Both alphabets, padding optional; missing when anything else occurs.
    func base64Decoded(_ slot: Slot) -> Slot {
        guard slot.kind == .bytes, let source = slot.pointer, let result = room(slot.count) else { return .missing }
        var length = slot.count
        while length > 0, source[length &- 1] == UInt8(ascii: "="), slot.count &- length < 2 { length &-= 1 }
        guard length % 4 != 1 else { return .missing }
        var bits: UInt32 = 0
        var held: UInt32 = 0
        var filled = 0
        var index = 0
        while index < length {
            guard let digit = Base64.value(of: source[index]) else { return .missing }
            bits = (bits << 6 | UInt32(digit)) & 0xffff
            held &+= 6
            if held >= 8 {
                held &-= 8
                result[filled] = UInt8(truncatingIfNeeded: bits >> held)
                filled &+= 1
            }
            index &+= 1
        }
        return .bytes(result, filled)
    }

    /// Flag `u`: URL alphabet; flag `p`: padded.
    func base64Encoded(_ slot: Slot, _ flags: Slot) -> Slot {
        guard slot.kind == .bytes, let source = slot.pointer, slot.count <= Scratch.defaultLimit,
            let result = room(slot.count / 3 &* 4 &+ 4)
        else { return .missing }
        var isURL = false
        var isPadded = false
        var index = 0
        while flags.kind == .bytes, index < flags.count, let letters = flags.pointer {
            isURL = isURL || letters[index] == UInt8(ascii: "u")
            isPadded = isPadded || letters[index] == UInt8(ascii: "p")
            index &+= 1
        }
        let alphabet: StaticString =
            isURL
            ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
            : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        let letters = alphabet.utf8Start
        var filled = 0
        index = 0
        while index < slot.count {
            let left = slot.count &- index
            let group =
                UInt32(source[index]) << 16 | (left > 1 ? UInt32(source[index &+ 1]) << 8 : 0)
                | (left > 2 ? UInt32(source[index &+ 2]) : 0)
            let digits = min(left &+ 1, 4)
            var digit = 0
            while digit < 4 {
                if digit < digits {
                    result[filled] = letters[Int(group >> UInt32(18 &- 6 &* digit) & 63)]
                    filled &+= 1
                } else if isPadded {
                    result[filled] = UInt8(ascii: "=")
                    filled &+= 1
                }
                digit &+= 1
            }
            index &+= 3
        }
        return .bytes(result, filled)
    }

    /// A version 4 UUID (RFC 9562) from the first 16 bytes; missing when there are fewer.
    func uuid(_ slot: Slot) -> Slot {
        guard slot.kind == .bytes, slot.count >= 16, let source = slot.pointer, let result = room(36) else {
            return .missing
        }
        var filled = 0
        var index = 0
        while index < 16 {
            if index == 4 || index == 6 || index == 8 || index == 10 {
                result[filled] = UInt8(ascii: "-")
                filled &+= 1
            }
            var byte = source[index]
            if index == 6 { byte = byte & 0x0f | 0x40 }
            if index == 8 { byte = byte & 0x3f | 0x80 }
            result[filled] = Self.hexLetter(byte >> 4)
            result[filled &+ 1] = Self.hexLetter(byte & 15)
            filled &+= 2
            index &+= 1
        }
        return .bytes(result, filled)
    }

    private static func hexLetter(_ digit: UInt8) -> UInt8 { digit < 10 ? 0x30 &+ digit : 0x57 &+ digit }
}

enum Base64 {
    /// What a letter of either alphabet stands for.
    static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case 0x41...0x5a: byte &- 0x41
        case 0x61...0x7a: byte &- 0x61 &+ 26
        case 0x30...0x39: byte &- 0x30 &+ 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}

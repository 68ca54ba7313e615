import CRE2

/// Hashes, and tokens that carry their own proof.
extension Machine {
    func sha256(_ slot: Slot) -> Slot {
        guard slot.kind == .bytes, let result = room(SecureHash.size) else { return .missing }
        var hash = SecureHash()
        hash.update(UnsafeRawBufferPointer(start: slot.pointer, count: slot.count))
        hash.finish(into: result)
        return .bytes(result, SecureHash.size)
    }

    /// Whether a text is `message separator time - code` with the code for message and time, and not older than the
    /// lifetime. The time has ten digits, so one from before September 2001 never passes.
    ///
    /// The code is base64, percent-encoded; with flag `s` in the URL alphabet without padding. A time ahead of `now`
    /// passes: who has the key said so. Source: Cloudflare's reference of `is_timed_hmac_valid_v0`.
    func isTimedCodeValid(_ arguments: Arguments, _ count: Int) -> Slot {
        let (key, text) = (arguments[0], arguments[1])
        guard key.kind == .bytes, text.kind == .bytes, arguments[2].kind == .int, arguments[3].kind == .int,
            let source = text.pointer
        else { return .missing }
        let separator = count > 4 ? arguments[4].integer : 0
        let isURLSafe = count > 5 && arguments[5].kind == .bytes && arguments[5].count > 0
        guard let mark = codeMark(source, text.count, isURLSafe), mark > 10,
            let time = TimedCode.seconds(source + (mark &- 10))
        else { return .bool(false) }
        let message = Int64(truncatingIfNeeded: mark &- 10) &- separator
        guard separator >= 0, message > 0 else { return .bool(false) }
        let (age, overflow) = arguments[3].integer.subtractingReportingOverflow(time)
        guard !overflow, age <= arguments[2].integer else { return .bool(false) }
        guard let given = room(SecureHash.size), let wanted = room(SecureHash.size) else { return .missing }
        let code = UnsafeBufferPointer(start: source + (mark &+ 1), count: text.count &- mark &- 1)
        guard TimedCode.decode(code, isURLSafe: isURLSafe, into: given) else { return .bool(false) }
        var computed = MessageCode(key: UnsafeRawBufferPointer(start: key.pointer, count: key.count))
        computed.update(UnsafeRawBufferPointer(start: source, count: Int(message)))
        computed.update(UnsafeRawBufferPointer(start: source + (mark &- 10), count: 10))
        computed.finish(into: wanted)
        // Takes as long wherever the codes differ.
        var difference: UInt8 = 0
        for index in 0..<SecureHash.size { difference |= given[index] ^ wanted[index] }
        return .bool(difference == 0)
    }

    /// Where the minus before the code stands. A code in the URL alphabet may hold one itself but has 43 letters.
    private func codeMark(_ source: UnsafePointer<UInt8>, _ count: Int, _ isURLSafe: Bool) -> Int? {
        guard !isURLSafe else {
            let place = count &- TimedCode.letters &- 1
            return place >= 0 && source[place] == UInt8(ascii: "-") ? place : nil
        }
        var place = count &- 1
        while place >= 0, source[place] != UInt8(ascii: "-") { place &-= 1 }
        return place >= 0 ? place : nil
    }
}

/// The parts of a timed token.
private enum TimedCode {
    /// Base64 letters of 32 bytes.
    static let letters = 43

    /// Ten decimal digits.
    static func seconds(_ digits: UnsafePointer<UInt8>) -> Int64? {
        var result: Int64 = 0
        for index in 0..<10 {
            guard ASCII.isDigit(digits[index]) else { return nil }
            result = result &* 10 &+ Int64(digits[index] &- 0x30)
        }
        return result
    }

    /// Writes 32 bytes; false when the text is anything but the base64 of so many.
    static func decode(
        _ text: UnsafeBufferPointer<UInt8>, isURLSafe: Bool, into target: UnsafeMutablePointer<UInt8>
    ) -> Bool {
        var (bits, held): (UInt32, UInt32) = (0, 0)
        var (seen, filled, index, padding) = (0, 0, 0, 0)
        while index < text.count {
            var byte = text[index]
            index &+= 1
            if !isURLSafe, byte == UInt8(ascii: "%") {
                guard index &+ 1 < text.count, let high = ASCII.hexDigit(text[index]),
                    let low = ASCII.hexDigit(text[index &+ 1])
                else { return false }
                byte = high << 4 | low
                index &+= 2
            }
            if !isURLSafe, byte == UInt8(ascii: "="), seen == letters, padding == 0 {
                padding = 1
                continue
            }
            guard seen < letters, let digit = value(byte, isURLSafe) else { return false }
            seen &+= 1
            bits = (bits << 6 | UInt32(digit)) & 0xffff
            held &+= 6
            if held >= 8 {
                held &-= 8
                target[filled] = UInt8(truncatingIfNeeded: bits >> held)
                filled &+= 1
            }
        }
        return seen == letters
    }

    private static func value(_ byte: UInt8, _ isURLSafe: Bool) -> UInt8? {
        switch byte {
        case UInt8(ascii: "+"), UInt8(ascii: "/"): isURLSafe ? nil : Base64.value(of: byte)
        case UInt8(ascii: "-"), UInt8(ascii: "_"): isURLSafe ? Base64.value(of: byte) : nil
        default: Base64.value(of: byte)
        }
    }
}

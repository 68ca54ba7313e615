extension ParserRun {
    private static var quote: UInt8 { UInt8(ascii: "\"") }
    private static var backslash: UInt8 { UInt8(ascii: "\\") }

    /// A raw string starts here: `r"` or `r#`.
    var atRawString: Bool {
        current == UInt8(ascii: "r")
            && (byte(at: position + 1) == Self.quote || byte(at: position + 1) == UInt8(ascii: "#"))
    }

    /// A quoted, raw or byte string. Nil when it had errors but its end was found.
    mutating func bytesLiteral() throws(Abandon) -> [UInt8]? {
        if current == Self.quote { return try quotedString() }
        if atRawString { return try rawString() }
        return try byteString()
    }

    /// Escapes are `\"`, `\\`, `\xHH` and `\OOO`.
    mutating func quotedString() throws(Abandon) -> [UInt8]? {
        let start = position
        var result: [UInt8] = []
        var isGood = true
        position += 1
        while let byte = current {
            position += 1
            switch byte {
            case Self.quote:
                return isGood ? result : nil
            case Self.backslash:
                guard let escaped = current else { break }
                if escaped == Self.quote || escaped == Self.backslash {
                    result.append(escaped)
                    position += 1
                } else if let code = numericEscape(escaped) {
                    result.append(code)
                } else {
                    position += 1
                    note(
                        .badString, ByteSpan(position - 2, position), "unknown escape in a string",
                        remedy: #"allowed are \", \\, \xHH and \OOO; a raw string r"…" needs none"#)
                    isGood = false
                }
            default:
                result.append(byte)
            }
        }
        note(.badString, ByteSpan(start, text.count), "the string has no closing quote", remedy: #"end it with ""#)
        stop()
        throw abandon()
    }

    /// `xHH` or three octal digits, at the byte after the backslash.
    private mutating func numericEscape(_ first: UInt8) -> UInt8? {
        if first == UInt8(ascii: "x") {
            guard let code = hexByte(at: position + 1) else { return nil }
            position += 3
            return code
        }
        var value = 0
        for offset in 0..<3 {
            guard let digit = byte(at: position + offset), (0x30...0x37).contains(digit) else { return nil }
            value = value * 8 + Int(digit - 0x30)
        }
        guard let code = UInt8(exactly: value) else { return nil }
        position += 3
        return code
    }

    /// `r"…"`, `r#"…"#` and so on up to 255 signs; nothing is escaped.
    mutating func rawString() throws(Abandon) -> [UInt8]? {
        let start = position
        position += 1
        var hashes = 0
        while take("#") { hashes += 1 }
        guard take("\""), hashes <= 255 else {
            note(.badString, ByteSpan(start, position), hashes > 255 ? "more than 255 # signs" : "expected \" here")
            throw abandon()
        }
        let first = position
        while position < text.count {
            guard text[position] == Self.quote else {
                position += 1
                continue
            }
            let end = position
            position += 1
            var seen = 0
            while seen < hashes, take("#") { seen += 1 }
            if seen == hashes { return Array(text[first..<end]) }
        }
        note(
            .badString, ByteSpan(start, text.count), "the raw string has no end",
            remedy: "end it with \"\(String(repeating: "#", count: hashes))")
        stop()
        throw abandon()
    }

    /// Two hexadecimal digits. Cloudflare's parser takes a plus sign for the first, so it is taken here too.
    private func hexByte(at index: Int) -> UInt8? {
        guard let first = byte(at: index), let low = byte(at: index + 1).flatMap(ASCII.hexDigit) else { return nil }
        return first == UInt8(ascii: "+") ? low : ASCII.hexDigit(first).map { $0 << 4 | low }
    }

    /// `61:62`: two or more bytes in hexadecimal with colons between; nil when something else stands here.
    func scanByteString(from start: Int) -> (bytes: [UInt8], end: Int)? {
        var result: [UInt8] = []
        var index = start
        while let code = hexByte(at: index) {
            result.append(code)
            index += 2
            guard byte(at: index) == UInt8(ascii: ":") else { return result.count >= 2 ? (result, index) : nil }
            index += 1
        }
        return nil
    }

    private mutating func byteString() throws(Abandon) -> [UInt8]? {
        guard let (bytes, end) = scanByteString(from: position) else {
            let start = position
            note(
                .expected, rest(from: start), "expected a string here", remedy: remedyForMissingText(Self.quotes))
            throw abandon()
        }
        position = end
        return bytes
    }

    /// Decimal with an optional minus, `0x` hexadecimal, or octal after a leading zero; 64 bits. Letters up to f that
    /// follow belong to the number, so that `5and` is none.
    mutating func intLiteral() throws(Abandon) -> Int64? {
        let start = position
        let isNegative = take("-")
        let isHex = !isNegative && (take("0x"))
        let digits = position
        while let byte = current, ASCII.hexDigit(byte) != nil { position += 1 }
        guard position > digits else {
            position = start
            let quoted = current == Self.quote
            note(
                .expected, rest(from: start), "expected a number here",
                remedy: quoted ? "numbers are written without quotes" : nil)
            throw abandon()
        }
        let isOctal = !isHex && !isNegative && text[digits] == UInt8(ascii: "0") && position > digits + 1
        let body = String(decoding: text[digits..<position], as: UTF8.self)
        let sign = isNegative ? "-" : ""
        guard let value = Int64(sign + body, radix: isHex ? 16 : isOctal ? 8 : 10) else {
            let bad = body.contains { $0 > (isHex ? "f" : isOctal ? "7" : "9") }
            note(
                .badNumber, ByteSpan(start, position),
                bad
                    ? isOctal
                        ? "a number with a leading zero is octal, and this has a digit above 7" : "this is no number"
                    : "the number exceeds 64 bits",
                remedy: !bad
                    ? nil : isOctal ? "leave the leading zero out" : "put a space behind the number, or 0x before it")
            // What follows the digits may well be the next operator.
            let count = text[digits..<position].prefix(while: ASCII.isDigit).count
            if bad, !isHex, !isOctal, count > 0, !isStopped { position = digits + count }
            return nil
        }
        return value
    }

    mutating func intRange() throws(Abandon) -> ClosedRange<Int64>? {
        let start = position
        let first = try intLiteral()
        guard take("..") else { return first.map { $0...$0 } }
        let last = try intLiteral()
        guard let first, let last else { return nil }
        guard first <= last else {
            note(.badRange, ByteSpan(start, position), "the range ends before it begins", remedy: "swap its ends")
            return nil
        }
        return first...last
    }

    /// A single address; networks and ranges stand in sets only.
    mutating func addressLiteral() throws(Abandon) -> IPAddress? {
        let start = position
        guard let range = try addressRange(isSingle: true) else { return nil }
        guard range.prefixLength == nil, range.first == range.last else {
            let written = String(decoding: text[start..<position], as: UTF8.self)
            note(
                .badAddress, ByteSpan(start, position), "a network or range cannot be compared with",
                remedy: "write in {\(written)}")
            return nil
        }
        return range.first
    }

    /// - Parameter isSingle: outside of a set, where the short forms of networks are not known.
    mutating func addressRange(isSingle: Bool = false) throws(Abandon) -> IPRange? {
        let start = position
        position = addressEnd(from: start)
        guard position > start else {
            let remedy: String? =
                switch current {
                case Self.quote: "addresses are written without quotes"
                case UInt8(ascii: "-"): "a range is written FIRST..LAST, without spaces"
                case UInt8(ascii: "$"): "a list stands behind in, not within a set: in $NAME"
                default: nil
                }
            note(.expected, rest(from: start), "expected an IP address here", remedy: remedy)
            throw abandon()
        }
        let span = ByteSpan(start, position)
        switch IPRange.parse(text[start..<position]) {
        case .success(let range):
            return range
        case .failure where !isSingle && Self.shortNetwork(text[start..<position]) != nil:
            return Self.shortNetwork(text[start..<position])
        case .failure(.address):
            note(.badAddress, span, "this is no IP address", remedy: "for example 192.0.2.1 or 2001:db8::1")
        case .failure(.hostBits(let network)):
            let bits = text[start..<position].split(separator: UInt8(ascii: "/")).last.map {
                String(decoding: $0, as: UTF8.self)
            }
            note(
                .badAddress, span, "the host part of the network is not zero",
                remedy: "write \(network)/\(bits ?? ""), or the address alone")
        case .failure(.prefixLength(let maximum)):
            note(.badAddress, span, "the prefix length must be 0 to \(maximum)")
        case .failure(.order):
            note(
                .badRange, span, "the range mixes families or ends before it begins",
                remedy: "write the lower address first, both of one family")
        }
        return nil
    }

    /// End of a run of characters that addresses, networks and ranges are made of.
    func addressEnd(from start: Int) -> Int {
        var end = start
        while let byte = byte(at: end), ASCII.hexDigit(byte) != nil || [0x2e, 0x3a, 0x2f].contains(byte) { end += 1 }
        return end
    }

    /// `10/8`, `10.1/16`, `192.0.2.0/024`: IPv4 with parts left out at its end, and numbers with leading zeros. Without a
    /// prefix it is one address.
    private static func shortNetwork(_ bytes: ArraySlice<UInt8>) -> IPRange? {
        let halves = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard let address = halves.first, halves.count <= 2 else { return nil }
        func number(_ digits: ArraySlice<UInt8>, upTo limit: Int) -> Int? {
            guard !digits.isEmpty else { return nil }
            let significant = digits.drop { $0 == UInt8(ascii: "0") }
            let value = significant.isEmpty ? 0 : ASCII.decimal(significant)
            return value.flatMap { $0 <= limit && digits.allSatisfy(ASCII.isDigit) ? $0 : nil }
        }
        let network: IPAddress
        if let whole = IPAddress(utf8: address) {
            network = whole
        } else {
            let parts = address.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            let numbers = parts.compactMap { number($0, upTo: 255) }
            guard numbers.count == parts.count, parts.count <= 4 else { return nil }
            let value = numbers.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            network = IPAddress(v4: value << UInt32(8 * (4 - numbers.count)))
        }
        guard halves.count == 2 else { return IPRange(network) }
        return number(halves[1], upTo: network.width).flatMap { IPRange(network: network, prefixLength: $0) }
    }

    mutating func listName() -> String? {
        let start = position
        position += 1
        let first = position
        while let byte = current, ASCII.isNameByte(byte) { position += 1 }
        let name = text[first..<position]
        let isLower = name.allSatisfy { ASCII.lowercase($0) == $0 }
        guard isLower, let head = name.first, head != UInt8(ascii: "."), name.last != UInt8(ascii: ".") else {
            note(
                .badListName, ByteSpan(start, max(position, start + 1)), "this is no list name",
                remedy: "list names are made of a–z, 0–9, _ and inner dots")
            return nil
        }
        return String(decoding: name, as: UTF8.self)
    }
}

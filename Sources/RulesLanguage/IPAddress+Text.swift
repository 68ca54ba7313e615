extension IPAddress {
    /// Reads dotted IPv4 (four decimal parts, no leading zeros) or IPv6 text (RFC 4291 §2.2, no zone, no port).
    package init?(_ text: String) {
        self.init(utf8: Array(text.utf8)[...])
    }

    /// The same over bytes, as they stand in a header or an attribute.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= 64 else { return nil }
        self.init(utf8: Array(bytes)[...])
    }

    init?(utf8 bytes: ArraySlice<UInt8>) {
        if bytes.contains(UInt8(ascii: ":")) {
            guard let (high, low) = Self.parseV6(bytes) else { return nil }
            self.init(v6High: high, low: low)
        } else {
            guard let value = Self.parseV4(bytes) else { return nil }
            self.init(v4: value)
        }
    }

    private static func parseV4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard let first = part.first, part.count <= 3 else { return nil }
            guard part.count == 1 || first != UInt8(ascii: "0") else { return nil }
            var number: UInt32 = 0
            for byte in part {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                number = number * 10 + UInt32(byte - UInt8(ascii: "0"))
            }
            guard number <= 255 else { return nil }
            value = value << 8 | number
        }
        return value
    }

    private static func parseV6(_ bytes: ArraySlice<UInt8>) -> (UInt64, UInt64)? {
        var groups: [UInt16] = []
        var gap: Int?
        var rest = bytes
        if rest.starts(with: [UInt8(ascii: ":"), UInt8(ascii: ":")]) {
            gap = 0
            rest = rest.dropFirst(2)
        }
        while !rest.isEmpty {
            let part = rest.prefix { $0 != UInt8(ascii: ":") }
            if part.contains(UInt8(ascii: ".")) {
                guard part.endIndex == rest.endIndex, let tail = parseV4(part) else { return nil }
                groups.append(UInt16(truncatingIfNeeded: tail >> 16))
                groups.append(UInt16(truncatingIfNeeded: tail))
                break
            }
            guard (1...4).contains(part.count) else { return nil }
            var group: UInt16 = 0
            for byte in part {
                guard let digit = ASCII.hexDigit(byte) else { return nil }
                group = group << 4 | UInt16(digit)
            }
            groups.append(group)
            rest = rest.dropFirst(part.count)
            if rest.isEmpty { break }
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: ":") {
                guard gap == nil else { return nil }
                gap = groups.count
                rest = rest.dropFirst()
            } else if rest.isEmpty {
                return nil
            }
        }
        if let gap {
            guard groups.count < 8 else { return nil }
            groups.insert(contentsOf: Array(repeating: 0, count: 8 - groups.count), at: gap)
        }
        guard groups.count == 8 else { return nil }
        let high = groups[..<4].reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
        let low = groups[4...].reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
        return (high, low)
    }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted IPv4, or IPv6 in the recommended form (RFC 5952).
    package var description: String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 48) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            let count = write(to: start)
            return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
        }
    }
}

extension IPRange: CustomStringConvertible {
    /// As it stands in a set: `192.0.2.1`, `192.0.2.0/24` or `192.0.2.1..192.0.2.9`.
    package var description: String {
        if let prefixLength { return "\(first)/\(prefixLength)" }
        return first == last ? "\(first)" : "\(first)..\(last)"
    }

    /// Reads a single address, a network or an explicit range.
    package init?(_ text: String) {
        guard case .success(let range) = IPRange.parse(Array(text.utf8)[...]) else { return nil }
        self = range
    }

    enum ParseFailure: Error, Equatable {
        case address
        case hostBits(IPAddress)
        case prefixLength(maximum: Int)
        case order
    }

    static func parse(_ bytes: ArraySlice<UInt8>) -> Result<IPRange, ParseFailure> {
        if let slash = bytes.firstIndex(of: UInt8(ascii: "/")) {
            guard let network = IPAddress(utf8: bytes[..<slash]) else { return .failure(.address) }
            let digits = bytes[(slash + 1)...]
            guard let bits = ASCII.decimal(digits), (0...network.width).contains(bits) else {
                return .failure(.prefixLength(maximum: network.width))
            }
            guard let range = IPRange(network: network, prefixLength: bits) else {
                return .failure(.hostBits(network.masked(to: bits)))
            }
            return .success(range)
        }
        let dots = bytes.indices.dropLast().first {
            bytes[$0] == UInt8(ascii: ".") && bytes[$0 + 1] == UInt8(ascii: ".")
        }
        if let dots {
            guard let first = IPAddress(utf8: bytes[..<dots]), let last = IPAddress(utf8: bytes[(dots + 2)...]) else {
                return .failure(.address)
            }
            guard let range = IPRange(first: first, last: last) else { return .failure(.order) }
            return .success(range)
        }
        guard let address = IPAddress(utf8: bytes) else { return .failure(.address) }
        return .success(IPRange(address))
    }
}

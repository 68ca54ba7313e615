extension GateKey {
    /// The most networks that one range is taken apart into; others are filed under one network around them.
    private static let mostBlocks = 8
    /// Added to the length of IPv6 networks, so that they are not taken for those of IPv4.
    static let longNetwork = 64

    /// Which question a key answers.
    var question: GateDirectory.Kind {
        switch kind {
        case .text, .texts: .text
        case .prefix: .prefix
        case .part: count >= 4 ? .quads : .pairs
        case .mapKey: .mapKeys
        case .address, .addresses: .networks
        }
    }

    /// Whether it can be looked up: all texts begin with nothing, and all have it in them.
    var isFileable: Bool {
        switch kind {
        case .prefix: count > 0
        case .part: count >= 2
        default: true
        }
    }

    /// How many hashes a condition is filed under, at most.
    var keyCount: Int {
        switch kind {
        case .texts: Int(start.loadLittle(4, UInt32.self))
        case .addresses:
            (Int(start.loadLittle(0, UInt32.self)) + Int(start.loadLittle(4, UInt32.self))) * Self.mostBlocks
        case .part: min(partCount, GateDirectory.mostSteps)
        default: 1
        }
    }

    /// The hashes of what is looked up; of a part's neighbouring bytes some will do.
    func forEachHash(_ body: (GateDirectory.Kind, UInt64) -> Void) {
        switch kind {
        case .text: body(.text, GateHash.text(start, count))
        case .mapKey: body(.mapKeys, GateHash.text(start, count))
        case .texts: forEachText { body(.text, GateHash.text($0, $1)) }
        case .prefix:
            var state = GateHash.emptyPrefix
            for place in 0..<prefixLength {
                state = GateHash.longer(state, start.load(fromByteOffset: place, as: UInt8.self))
            }
            body(.prefix, GateHash.prefix(state))
        case .part where count >= 4:
            for place in 0..<partCount { body(.quads, GateHash.quad(start.loadLittle(place, UInt32.self))) }
        case .part:
            for place in 0..<partCount { body(.pairs, GateHash.pair(start.loadLittle(place, UInt16.self))) }
        case .address, .addresses:
            forEachNetwork { network, length in
                let (high, low) = (UInt64(truncatingIfNeeded: network >> 64), UInt64(truncatingIfNeeded: network))
                body(.networks, GateHash.network(high, low, length))
            }
        }
    }

    /// How many quads, or pairs, a part has.
    var partCount: Int { count >= 4 ? count - 3 : max(count - 1, 0) }

    /// How much of a beginning is looked up.
    var prefixLength: Int { min(count, GateDirectory.longestPrefix) }

    func forEachText(_ body: (UnsafeRawPointer, Int) -> Void) {
        for index in 0..<Int(start.loadLittle(4, UInt32.self)) {
            let entry = 8 + 8 * index
            body(start + Int(start.loadLittle(entry, UInt32.self)), Int(start.loadLittle(entry + 4, UInt32.self)))
        }
    }

    /// Networks that cover the addresses, each with its length; those of IPv6 have `longNetwork` added.
    func forEachNetwork(_ body: (UInt128, Int) -> Void) {
        if kind == .address {
            let isLong = start.load(as: UInt8.self) == 1
            let low = UInt128(start.loadLittle(9, UInt64.self))
            let high = UInt128(start.loadLittle(1, UInt64.self))
            return isLong ? body(high << 64 | low, 128 + Self.longNetwork) : body(low, 32)
        }
        let (short, long) = (Int(start.loadLittle(0, UInt32.self)), Int(start.loadLittle(4, UInt32.self)))
        for index in 0..<short {
            let place = 8 + 8 * index
            let first = UInt128(start.loadLittle(place, UInt32.self))
            let last = UInt128(start.loadLittle(place + 4, UInt32.self))
            Self.forEachBlock(first, last, width: 32, body)
        }
        for index in 0..<long {
            let words = (0..<4).map { UInt128(start.loadLittle(8 + 8 * short + 32 * index + 8 * $0, UInt64.self)) }
            Self.forEachBlock(words[0] << 64 | words[1], words[2] << 64 | words[3], width: 128) { network, length in
                body(network, length + Self.longNetwork)
            }
        }
    }

    /// A range as networks: the exact ones where they are few, else one around all of it.
    private static func forEachBlock(_ first: UInt128, _ last: UInt128, width: Int, _ body: (UInt128, Int) -> Void) {
        guard first <= last else { return }
        var blocks: [(UInt128, Int)] = []
        var next = first
        while blocks.count <= mostBlocks {
            // The largest block that begins here and ends no later than the range.
            var bits = min(next.trailingZeroBitCount, width)
            while bits > 0, bits == 128 ? last - next != .max : last - next < (1 << UInt128(bits)) - 1 { bits -= 1 }
            blocks.append((next, width - bits))
            let size = bits == 128 ? 0 : (UInt128(1) << UInt128(bits))
            guard bits < 128, last - next >= size else { break }
            next += size
        }
        guard blocks.count > mostBlocks else { return blocks.forEach(body) }
        let bits = 128 - (first ^ last).leadingZeroBitCount
        body(first & (.max << UInt128(bits)), width - bits)
    }
}

extension GateDirectory.Question {
    /// Remembers what of the lengths that a key brings a request must be asked for.
    mutating func include(_ key: GateKey) {
        switch key.kind {
        case .text: longest = max(longest, key.count)
        case .texts: key.forEachText { longest = max(longest, $1) }
        case .prefix:
            longest = max(longest, key.prefixLength)
            let bit = UInt64(1) << UInt64(key.prefixLength & 63)
            switch key.prefixLength >> 6 {
            case 0: lengths.0 |= bit
            case 1: lengths.1 |= bit
            case 2: lengths.2 |= bit
            default: lengths.3 |= bit
            }
        case .part:
            // A part of 4 bytes is known by one quad, one of 7 by any of four in a row.
            step = min(step, key.partCount)
        case .mapKey: break
        case .address, .addresses:
            key.forEachNetwork { _, length in
                let bit = UInt64(1) << UInt64(length & 63)
                switch length >> 6 {
                case 0: lengths.0 |= bit
                case 1: longLengths.0 |= bit
                case 2: longLengths.1 |= bit
                default: longLengths.2 |= bit
                }
            }
        }
    }
}

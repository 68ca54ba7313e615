/// Which objects of a listing are wanted.
package struct KeyFilter: Hashable, Sendable, Codable {
    /// Keys begin so.
    package var prefix: String
    /// A key has to fit one of these; none: every key does. See `KeyPattern`.
    package var include: [String]
    /// And none of these.
    package var exclude: [String]
    /// Milliseconds since 1970: what was changed before is left out. What has no time is taken.
    package var since: Int64?

    package init(prefix: String = "", include: [String] = [], exclude: [String] = [], since: Int64? = nil) {
        self.prefix = prefix
        self.include = include
        self.exclude = exclude
        self.since = since
    }

    package func takes(_ object: SourceObject) -> Bool {
        if let since, let modified = object.modified, modified < since { return false }
        guard object.key.hasPrefix(ObjectKey(prefix)) else { return false }
        if !include.isEmpty, !include.contains(where: { KeyPattern.fits(object.key.bytes, $0) }) { return false }
        return !exclude.contains { KeyPattern.fits(object.key.bytes, $0) }
    }
}

/// A pattern of keys: `*` is any bytes but `/`, `**` any bytes, `?` one character but `/`. A pattern without a `/` is
/// matched with the last part of the key.
package enum KeyPattern {
    package static func fits(_ key: [UInt8], _ pattern: String) -> Bool {
        let pattern = Array(pattern.utf8)
        let slash = UInt8(ascii: "/")
        let subject = pattern.contains(slash) ? key[...] : key[((key.lastIndex(of: slash) ?? -1) + 1)...]
        return matches(Array(subject), tokens(pattern))
    }

    private enum Token: Hashable {
        case byte(UInt8)
        case one
        case some
        case all
    }

    private static func tokens(_ pattern: [UInt8]) -> [Token] {
        var tokens: [Token] = []
        for byte in pattern {
            switch byte {
            case UInt8(ascii: "*"):
                if tokens.last == .some {
                    tokens[tokens.count - 1] = .all
                } else if tokens.last != .all {
                    tokens.append(.some)
                }
            case UInt8(ascii: "?"): tokens.append(.one)
            default: tokens.append(.byte(byte))
            }
        }
        return tokens
    }

    /// Which tokens may come next after each byte: time is bounded by key times pattern, whatever the pattern.
    private static func matches(_ key: [UInt8], _ tokens: [Token]) -> Bool {
        var states = [Bool](repeating: false, count: tokens.count + 1)
        func close(_ states: inout [Bool]) {
            for (i, token) in tokens.enumerated() where states[i] && (token == .some || token == .all) {
                states[i + 1] = true
            }
        }
        states[0] = true
        close(&states)
        var i = 0
        while i < key.count {
            let byte = key[i]
            // A character is a leading byte with those that continue it.
            var width = 1
            while byte >= 0xC0, i + width < key.count, key[i + width] & 0xC0 == 0x80, width < 4 { width += 1 }
            let isPlain = !tokens.contains(.one)
            let step = isPlain ? 1 : width
            var next = [Bool](repeating: false, count: tokens.count + 1)
            for (s, token) in tokens.enumerated() where states[s] {
                switch token {
                case .byte(let wanted): if step == 1, wanted == byte { next[s + 1] = true }
                case .one: if byte != UInt8(ascii: "/") { next[s + 1] = true }
                case .some: if byte != UInt8(ascii: "/") { next[s] = true }
                case .all: next[s] = true
                }
            }
            if step > 1 {
                // The bytes of one character, one after the other, for tokens that spell them out.
                for s in tokens.indices where states[s] && s + step <= tokens.count {
                    if (0..<step).allSatisfy({ tokens[s + $0] == .byte(key[i + $0]) }) { next[s + step] = true }
                }
            }
            close(&next)
            states = next
            i += step
        }
        return states[tokens.count]
    }
}

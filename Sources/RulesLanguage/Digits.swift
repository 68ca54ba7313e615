/// Numbers as text without allocating.
enum Digits {
    /// Writes a decimal number (at most 20 bytes) and returns its length.
    static func write(_ value: Int64, to target: UnsafeMutablePointer<UInt8>) -> Int {
        var count = 0
        if value < 0 {
            target[0] = UInt8(ascii: "-")
            count = 1
        }
        return count &+ write(value.magnitude, radix: 10, to: target + count)
    }

    static func write(_ value: UInt64, radix: UInt64, to target: UnsafeMutablePointer<UInt8>) -> Int {
        var rest = value
        var count = 0
        repeat {
            let digit = UInt8(truncatingIfNeeded: rest % radix)
            target[count] = digit < 10 ? 0x30 &+ digit : 0x57 &+ digit
            count &+= 1
            rest /= radix
        } while rest > 0
        var left = 0
        var right = count &- 1
        while left < right {
            (target[left], target[right]) = (target[right], target[left])
            left &+= 1
            right &-= 1
        }
        return count
    }
}

extension IPAddress {
    /// Writes the address as text (at most 45 bytes; RFC 5952 for IPv6) and returns its length.
    package func write(to target: UnsafeMutablePointer<UInt8>) -> Int {
        guard isIPv6 else { return Self.writeV4(low, to: target) }
        if high == 0, low >> 32 == 0xffff {
            let prefix: StaticString = "::ffff:"
            target.update(from: prefix.utf8Start, count: 7)
            return 7 &+ Self.writeV4(low & 0xffff_ffff, to: target + 7)
        }
        let gap = longestZeroRun
        var count = 0
        var index = 0
        while index < 8 {
            if gap.length > 1, index == gap.start {
                target[count] = UInt8(ascii: ":")
                target[count &+ 1] = UInt8(ascii: ":")
                count &+= 2
                index &+= gap.length
                continue
            }
            if index > 0, !(gap.length > 1 && index == gap.start &+ gap.length) {
                target[count] = UInt8(ascii: ":")
                count &+= 1
            }
            count &+= Digits.write(group(index), radix: 16, to: target + count)
            index &+= 1
        }
        return count
    }

    private static func writeV4(_ value: UInt64, to target: UnsafeMutablePointer<UInt8>) -> Int {
        var count = 0
        var shift: UInt64 = 32
        while shift > 0 {
            shift &-= 8
            count &+= Digits.write(value >> shift & 255, radix: 10, to: target + count)
            if shift > 0 {
                target[count] = UInt8(ascii: ".")
                count &+= 1
            }
        }
        return count
    }

    private func group(_ index: Int) -> UInt64 {
        let half = index < 4 ? high : low
        return half >> UInt64(48 &- 16 &* (index & 3)) & 0xffff
    }

    /// The first of the longest runs of zero groups.
    private var longestZeroRun: (start: Int, length: Int) {
        var best = (start: 8, length: 0)
        var index = 0
        while index < 8 {
            var end = index
            while end < 8, group(end) == 0 { end &+= 1 }
            if end &- index > best.length { best = (index, end &- index) }
            index = max(end, index &+ 1)
        }
        return best
    }
}

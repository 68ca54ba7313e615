/// How constants that are more than a string stand in programs. All numbers are little-endian.
enum SetEncoding {
    static func int(_ value: Int64) -> [UInt8] { number(UInt64(bitPattern: value)) }

    /// Family (0 or 1), upper half, lower half: 17 bytes.
    static func address(_ address: IPAddress) -> [UInt8] {
        [address.isIPv6 ? 1 : 0] + number(address.high) + number(address.low)
    }

    /// Case flag (1: case matters), 0, number of parts (u16), start and length of each (u16, u16), then the bytes.
    static func wildcard(_ pattern: [UInt8], strict: Bool) -> [UInt8] {
        let parts = (try? WildcardPattern.parse(pattern).get()) ?? [pattern]
        var result: [UInt8] = [strict ? 1 : 0, 0] + number(UInt16(clamping: parts.count))
        var start = 4 + 4 * parts.count
        for part in parts {
            result += number(UInt16(clamping: start)) + number(UInt16(clamping: part.count))
            start += part.count
        }
        for part in parts { result += strict ? part : part.map(ASCII.lowercase) }
        return result
    }

    /// Size (u32), number of entries (u32), start and length of each (u32, u32), then the bytes. Entries are sorted by
    /// length, then bytewise, without doubles.
    static func strings(_ strings: [[UInt8]]) -> [UInt8] {
        let sorted = Set(strings).sorted {
            $0.count != $1.count ? $0.count < $1.count : $0.lexicographicallyPrecedes($1)
        }
        let head = 8 + 8 * sorted.count
        let size = head + sorted.reduce(0) { $0 + $1.count }
        var result = number(UInt32(clamping: size)) + number(UInt32(clamping: sorted.count))
        result.reserveCapacity(size)
        var start = head
        for string in sorted {
            result += number(UInt32(clamping: start)) + number(UInt32(clamping: string.count))
            start += string.count
        }
        for string in sorted { result += string }
        return result
    }

    /// Number of ranges (u32), then first and last of each (i64, i64), sorted and apart.
    static func ints(_ ranges: [ClosedRange<Int64>]) -> [UInt8] {
        var merged: [(Int64, Int64)] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, last.1 == .max || range.lowerBound <= last.1 + 1 {
                merged[merged.count - 1].1 = max(last.1, range.upperBound)
            } else {
                merged.append((range.lowerBound, range.upperBound))
            }
        }
        return number(UInt32(clamping: merged.count)) + merged.flatMap { int($0.0) + int($0.1) }
    }

    /// Number of IPv4 and of IPv6 ranges (u32, u32); IPv4 ranges (u32, u32); IPv6 ranges (two halves, two halves).
    /// Sorted and apart.
    static func addresses(_ ranges: [IPRange]) -> [UInt8] {
        let small = merged(ranges.filter { !$0.first.isIPv6 })
        let large = merged(ranges.filter(\.first.isIPv6))
        var result = number(UInt32(clamping: small.count)) + number(UInt32(clamping: large.count))
        for (first, last) in small {
            result += number(UInt32(truncatingIfNeeded: first.low)) + number(UInt32(truncatingIfNeeded: last.low))
        }
        for (first, last) in large {
            result += number(first.high) + number(first.low) + number(last.high) + number(last.low)
        }
        return result
    }

    /// Overlapping ranges of one family joined, in order.
    private static func merged(_ ranges: [IPRange]) -> [(IPAddress, IPAddress)] {
        var merged: [(IPAddress, IPAddress)] = []
        for range in ranges.sorted(by: { $0.first.isBefore($1.first) }) {
            if let last = merged.last, !last.1.isBefore(range.first) {
                if last.1.isBefore(range.last) { merged[merged.count - 1].1 = range.last }
            } else {
                merged.append((range.first, range.last))
            }
        }
        return merged
    }

    private static func number<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}

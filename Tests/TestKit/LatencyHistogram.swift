/// Counts durations in buckets of at most 1.6 % width, so that millions of samples cost 30 kB and quantiles are exact
/// enough to compare. The largest and smallest sample are kept exactly.
package struct LatencyHistogram: Sendable {
    private var counts = [UInt64](repeating: 0, count: 3776)
    package private(set) var count: UInt64 = 0
    package private(set) var sum: UInt64 = 0
    package private(set) var largest: UInt64 = 0
    package private(set) var smallest: UInt64 = .max

    package init() {}

    package mutating func record(nanoseconds value: UInt64) {
        counts[Self.bucket(of: value)] &+= 1
        count &+= 1
        sum &+= value
        largest = max(largest, value)
        smallest = min(smallest, value)
    }

    package mutating func merge(_ other: LatencyHistogram) {
        guard other.count > 0 else { return }
        for index in counts.indices { counts[index] &+= other.counts[index] }
        count &+= other.count
        sum &+= other.sum
        largest = max(largest, other.largest)
        smallest = min(smallest, other.smallest)
    }

    /// The smallest bucket bound that at least the share `quantile` of the samples does not exceed, in nanoseconds;
    /// 0 without samples.
    package func nanoseconds(quantile: Double) -> UInt64 {
        guard count > 0 else { return 0 }
        let rank = max(1, UInt64((Double(count) * min(max(quantile, 0), 1)).rounded(.up)))
        var seen: UInt64 = 0
        for (index, value) in counts.enumerated() where value > 0 {
            seen &+= value
            if seen >= rank { return min(Self.upperBound(of: index), largest) }
        }
        return largest
    }

    package var mean: Double { count == 0 ? 0 : Double(sum) / Double(count) }

    /// 64 buckets for every doubling; below 128 each value has its own.
    private static func bucket(of value: UInt64) -> Int {
        let shift = max(0, 57 - value.leadingZeroBitCount)
        return shift * 64 + Int(value >> UInt64(shift))
    }

    private static func upperBound(of bucket: Int) -> UInt64 {
        guard bucket >= 128 else { return UInt64(bucket) }
        let shift = UInt64(bucket / 64 - 1)
        return (UInt64(bucket) - shift * 64) << shift | (1 << shift - 1)
    }
}

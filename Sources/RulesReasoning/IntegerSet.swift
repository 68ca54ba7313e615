/// A set of whole numbers as ranges in order that neither touch nor overlap.
package struct IntegerSet: Hashable, Sendable {
    package private(set) var ranges: [ClosedRange<Int64>]

    package static let all = IntegerSet([Int64.min...Int64.max])
    package static let none = IntegerSet([])

    package init(_ ranges: [ClosedRange<Int64>]) {
        var merged: [ClosedRange<Int64>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, last.upperBound == .max || range.lowerBound <= last.upperBound + 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        self.ranges = merged
    }

    package var isEmpty: Bool { ranges.isEmpty }

    package func contains(_ value: Int64) -> Bool { ranges.contains { $0.contains(value) } }

    package func union(_ other: IntegerSet) -> IntegerSet { IntegerSet(ranges + other.ranges) }

    package func intersection(_ other: IntegerSet) -> IntegerSet {
        IntegerSet(
            ranges.flatMap { range in
                other.ranges.compactMap { range.overlaps($0) ? range.clamped(to: $0) : nil }
            })
    }

    package var complement: IntegerSet {
        var gaps: [ClosedRange<Int64>] = []
        var next: Int64? = .min
        for range in ranges {
            if let start = next, start < range.lowerBound { gaps.append(start...(range.lowerBound - 1)) }
            next = range.upperBound == .max ? nil : range.upperBound + 1
        }
        if let start = next { gaps.append(start...Int64.max) }
        return IntegerSet(gaps)
    }

    package func subtracting(_ other: IntegerSet) -> IntegerSet { intersection(other.complement) }

    package func isSubset(of other: IntegerSet) -> Bool { subtracting(other).isEmpty }

    /// The numbers one by one when there are at most so many; nil: more.
    package func elements(atMost limit: Int) -> [Int64]? {
        var found: [Int64] = []
        for range in ranges {
            let (width, overflow) = range.upperBound.subtractingReportingOverflow(range.lowerBound)
            guard !overflow, width < Int64(limit - found.count) else { return nil }
            found += Array(range)
        }
        return found
    }
}

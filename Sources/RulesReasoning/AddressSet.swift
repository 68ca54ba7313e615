package import RulesLanguage

/// A set of IP addresses, each family as ranges in order that neither touch nor overlap.
package struct AddressSet: Hashable, Sendable {
    /// An address as a number of 128 bits; IPv4 has the lower 32.
    private struct Bounds: Hashable, Sendable {
        var first: UInt128
        var last: UInt128
    }

    private var v4: [Bounds]
    private var v6: [Bounds]

    private static let last4 = UInt128(UInt32.max)

    package static let all = AddressSet(v4: [Bounds(first: 0, last: last4)], v6: [Bounds(first: 0, last: .max)])
    package static let none = AddressSet(v4: [], v6: [])

    private init(v4: [Bounds], v6: [Bounds]) {
        self.v4 = v4
        self.v6 = v6
    }

    package init(_ ranges: [IPRange]) {
        func bounds(_ isIPv6: Bool) -> [Bounds] {
            ranges.filter { $0.first.isIPv6 == isIPv6 }
                .map { Bounds(first: $0.first.number, last: $0.last.number) }
        }
        v4 = Self.merged(bounds(false))
        v6 = Self.merged(bounds(true))
    }

    /// Addresses of one family in an order with this one.
    package init(_ ordering: Comparison.Ordering, _ address: IPAddress) {
        let number = address.number
        let last = address.isIPv6 ? UInt128.max : Self.last4
        let below = number > 0 ? [Bounds(first: 0, last: number - 1)] : []
        let above = number < last ? [Bounds(first: number + 1, last: last)] : []
        let same = [Bounds(first: number, last: number)]
        let own: [Bounds] =
            switch ordering {
            case .equal: same
            case .notEqual: below + above
            case .less: below
            case .lessOrEqual: below + same
            case .greater: above
            case .greaterOrEqual: same + above
            }
        // Addresses of the other family are unequal to this one and in no order with it.
        let other = ordering == .notEqual ? [Bounds(first: 0, last: address.isIPv6 ? Self.last4 : .max)] : []
        v4 = Self.merged(address.isIPv6 ? other : own)
        v6 = Self.merged(address.isIPv6 ? own : other)
    }

    package var isEmpty: Bool { v4.isEmpty && v6.isEmpty }

    package func union(_ other: AddressSet) -> AddressSet {
        AddressSet(v4: Self.merged(v4 + other.v4), v6: Self.merged(v6 + other.v6))
    }

    package func intersection(_ other: AddressSet) -> AddressSet {
        AddressSet(v4: Self.common(v4, other.v4), v6: Self.common(v6, other.v6))
    }

    package var complement: AddressSet {
        AddressSet(v4: Self.gaps(v4, upTo: Self.last4), v6: Self.gaps(v6, upTo: .max))
    }

    package func subtracting(_ other: AddressSet) -> AddressSet { intersection(other.complement) }

    package func isSubset(of other: AddressSet) -> Bool { subtracting(other).isEmpty }

    /// Some addresses of the set: the lowest of each of its first ranges.
    package var samples: [IPAddress] {
        v4.prefix(4).map { IPAddress(v4: UInt32(truncatingIfNeeded: $0.first)) }
            + v6.prefix(4).map {
                IPAddress(v6High: UInt64(truncatingIfNeeded: $0.first >> 64), low: UInt64(truncatingIfNeeded: $0.first))
            }
    }

    private static func merged(_ bounds: [Bounds]) -> [Bounds] {
        var merged: [Bounds] = []
        for next in bounds.sorted(by: { $0.first < $1.first }) {
            if let last = merged.last, last.last == .max || next.first <= last.last + 1 {
                merged[merged.count - 1].last = max(last.last, next.last)
            } else {
                merged.append(next)
            }
        }
        return merged
    }

    private static func common(_ some: [Bounds], _ others: [Bounds]) -> [Bounds] {
        merged(
            some.flatMap { one in
                others.compactMap { other in
                    let (first, last) = (max(one.first, other.first), min(one.last, other.last))
                    return first <= last ? Bounds(first: first, last: last) : nil
                }
            })
    }

    private static func gaps(_ bounds: [Bounds], upTo end: UInt128) -> [Bounds] {
        var gaps: [Bounds] = []
        var next: UInt128? = 0
        for one in bounds {
            if let start = next, start < one.first { gaps.append(Bounds(first: start, last: one.first - 1)) }
            next = one.last == end ? nil : one.last + 1
        }
        if let start = next { gaps.append(Bounds(first: start, last: end)) }
        return gaps
    }
}

extension IPAddress {
    fileprivate var number: UInt128 { UInt128(high) << 64 | UInt128(low) }
}

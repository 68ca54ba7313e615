/// An IPv4 or IPv6 address as a number, so that ranges are comparisons.
///
/// An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`) is IPv6 here and never equal to the IPv4 address.
package struct IPAddress: Hashable, Sendable {
    /// The upper 64 bits; 0 for IPv4.
    package let high: UInt64
    /// The lower 64 bits; for IPv4 the address itself.
    package let low: UInt64
    package let isIPv6: Bool

    package init(v4 address: UInt32) {
        high = 0
        low = UInt64(address)
        isIPv6 = false
    }

    package init(v6High high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
        isIPv6 = true
    }

    /// Width of the address in bits: 32 or 128.
    package var width: Int { isIPv6 ? 128 : 32 }

    /// Order within one family; false between families.
    @inline(__always)
    func isBefore(_ other: IPAddress) -> Bool {
        high < other.high || (high == other.high && low < other.low)
    }

    /// The address with all but the leading `bits` cleared; `bits` beyond the width keep everything.
    package func masked(to bits: Int) -> IPAddress {
        let host = hostMask(bits)
        return isIPv6
            ? IPAddress(v6High: high & ~host.high, low: low & ~host.low)
            : IPAddress(v4: UInt32(truncatingIfNeeded: low & ~host.low))
    }

    /// The last address of the network of `bits` leading bits that this one is in.
    func lastOfNetwork(_ bits: Int) -> IPAddress {
        let host = hostMask(bits)
        return isIPv6
            ? IPAddress(v6High: high | host.high, low: low | host.low)
            : IPAddress(v4: UInt32(truncatingIfNeeded: low | host.low))
    }

    /// Ones where the host part is.
    private func hostMask(_ bits: Int) -> (high: UInt64, low: UInt64) {
        let host = min(max(width - bits, 0), width)
        if host >= 128 { return (.max, .max) }
        if host > 64 { return ((1 << UInt64(host - 64)) &- 1, .max) }
        if host == 64 { return (0, .max) }
        return (0, (1 << UInt64(host)) &- 1)
    }
}

/// An inclusive range of addresses of one family: a single address, a network, or an explicit range.
package struct IPRange: Hashable, Sendable {
    package let first: IPAddress
    /// Same family as `first` and not before it.
    package let last: IPAddress
    /// Prefix length when the range was written as a network.
    package let prefixLength: Int?

    package init(_ address: IPAddress) {
        first = address
        last = address
        prefixLength = nil
    }

    /// Nil when the ends are of different families or in the wrong order.
    package init?(first: IPAddress, last: IPAddress) {
        guard first.isIPv6 == last.isIPv6, !last.isBefore(first) else { return nil }
        self.first = first
        self.last = last
        prefixLength = nil
    }

    /// Nil when the prefix is longer than the address or the host part is not zero.
    package init?(network: IPAddress, prefixLength: Int) {
        guard (0...network.width).contains(prefixLength) else { return nil }
        guard network.masked(to: prefixLength) == network else { return nil }
        first = network
        last = network.lastOfNetwork(prefixLength)
        self.prefixLength = prefixLength
    }

    package func contains(_ address: IPAddress) -> Bool {
        address.isIPv6 == first.isIPv6 && !address.isBefore(first) && !last.isBefore(address)
    }
}

/// Which part of a network's route table a host is looked up in, when the table is too large to be sent as a whole for
/// each change.
///
/// The set of shards is fixed, so that zones come and go without anything but their own shards changing. A host is
/// looked up in the shard of its *site*: its last two labels, or three where the second-last is as short as in `co.uk`
/// and `com.au`. Nothing depends on whether that is the domain somebody registered: a name that a zone serves is put
/// into every shard in which a host that it matches can be looked up. The price of a wrong guess is bytes only.
package enum RouteShard {
    package static let count = 64

    /// - Parameter host: as Envoy looks it up, in any case, without port.
    @inline(__always)
    package static func of(_ host: UnsafeRawBufferPointer) -> Int {
        // FNV-1a, folded: its low bits alone hang together too much.
        var hash: UInt32 = 2_166_136_261
        var index = siteStart(host)
        while index < host.count {
            hash = (hash ^ UInt32(folded(host[index]))) &* 16_777_619
            index &+= 1
        }
        hash ^= hash >> 15
        hash = hash &* 0x2c1b_3c6d
        hash ^= hash >> 16
        return Int(hash % UInt32(count))
    }

    package static func of(_ host: String) -> Int {
        var host = host
        return host.withUTF8 { of(UnsafeRawBufferPointer($0)) }
    }

    /// Every shard in which a host that a name stands for is looked up: one, or all for a wildcard so wide that it
    /// spans sites.
    package static func all(of name: String) -> Range<Int> {
        guard name.first == "*" else {
            let shard = of(name)
            return shard..<shard + 1
        }
        // Two labels in place of the star show whether the site reaches into what it stands for.
        let base = String(name.dropFirst(name.hasPrefix("*.") ? 2 : 1))
        var (near, far) = ("a." + base, "a.longer-label." + base)
        let isFixed =
            name.hasPrefix("*.")
            && near.withUTF8 { siteStart(UnsafeRawBufferPointer($0)) } >= 2
            && far.withUTF8 { siteStart(UnsafeRawBufferPointer($0)) } >= 15
        guard isFixed else { return 0..<count }
        let shard = of(near)
        return shard..<shard + 1
    }

    /// Where the site begins.
    @inline(__always)
    private static func siteStart(_ host: UnsafeRawBufferPointer) -> Int {
        guard let last = dot(before: host.count, host), let second = dot(before: last, host) else { return 0 }
        let (top, next) = (host.count &- last &- 1, last &- second &- 1)
        guard top == 2, next <= 3 else { return second &+ 1 }
        return dot(before: second, host).map { $0 &+ 1 } ?? 0
    }

    @inline(__always)
    private static func dot(before end: Int, _ host: UnsafeRawBufferPointer) -> Int? {
        var index = end &- 1
        while index >= 0 {
            if host[index] == UInt8(ascii: ".") { return index }
            index &-= 1
        }
        return nil
    }

    @inline(__always)
    private static func folded(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    /// Two digits: `07`.
    package static func text(_ shard: Int) -> String { (shard < 10 ? "0" : "") + String(shard) }
}

extension ZonePlan {
    /// The shards that carry the zone, in order: those of all its names, however unrelated.
    package var shards: [Int] {
        var found = [Bool](repeating: false, count: RouteShard.count)
        for host in hosts {
            for shard in RouteShard.all(of: host) { found[shard] = true }
        }
        return found.indices.filter { found[$0] }
    }
}

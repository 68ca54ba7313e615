/// How a host finds its zone, as Envoy does it: the trace and everything else that asks go by the same rule.
package enum HostPattern {
    /// How closely a name that a zone serves fits a host; nil: not at all. Of several the highest wins: the host's own
    /// name, else the longest wildcard. A wildcard stands for at least one byte.
    ///
    /// - Parameters:
    ///   - pattern: `example.com` or `*.example.com`, in lower case.
    ///   - host: in lower case, without port or trailing dot.
    package static func rank(_ pattern: String, for host: String) -> Int? {
        if pattern == host { return Int.max }
        guard pattern.hasPrefix("*") else { return nil }
        let rest = pattern.utf8.dropFirst()
        guard host.utf8.count > rest.count, host.utf8.suffix(rest.count).elementsEqual(rest) else { return nil }
        return rest.count
    }

    /// The one that serves the host.
    package static func best<Zone>(
        of zones: some Sequence<Zone>, for host: String, names: (Zone) -> [String]
    ) -> Zone? {
        var best: (rank: Int, zone: Zone)?
        for zone in zones {
            for name in names(zone) {
                guard let rank = rank(name, for: host), rank > best?.rank ?? -1 else { continue }
                best = (rank, zone)
            }
        }
        return best?.zone
    }
}

package import EdgeModel
internal import RulesLint

/// What could be said better, and what provably does not do what it seems to; see `LintKind`. Nothing here holds up a
/// promotion: that is what `checks` are for.
extension ControlPlane {
    package func lint(_ version: Version) throws -> [Finding] {
        try store.read { tx in
            let application = try Find.application(version.application, in: tx)
            // A zone that is gone takes its hosts along; the rest can still be looked at.
            let hosts = try tx.zones().first { $0.name == application.zone }?.hosts ?? []
            return ConfigurationLint.findings(
                try Self.configuration(version.id, in: tx), label: "version \(version.label)", hosts: hosts,
                now: now().milliseconds / 1000, lists: try Self.knownLists(in: tx))
        }
    }

    package func lintZone(named name: String) throws -> [Finding] {
        try store.read { tx in
            let zone = try Find.zone(name, in: tx)
            return ConfigurationLint.findings(
                try Self.configuration(zone.id, in: tx), label: "zone \(zone.name)", hosts: zone.hosts,
                now: now().milliseconds / 1000, lists: try Self.knownLists(in: tx))
        }
    }

    /// Routing rules among each other, and environments' filters against ordinary traffic.
    package func lintRouting() throws -> [Finding] {
        try store.read { tx in
            let hosts = try tx.zones().flatMap(\.hosts)
            let lists = try Self.knownLists(in: tx)
            return try RoutingLint.findings(tx.routingRules(), lists: lists)
                + tx.environments().sorted { $0.rank < $1.rank }.flatMap {
                    RoutingLint.findings($0, hosts: hosts, lists: lists)
                }
        }
    }
}

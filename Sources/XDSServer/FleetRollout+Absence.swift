internal import EdgeModel
internal import EdgePlan
internal import EnvoyConfig

/// A node that has said nothing for `Liveness.expiry` no longer keeps clusters at the others. What it may run is put
/// aside here: when it comes back, it is told of those clusters again until it has moved on, or its first answer would
/// take away what its routes lead to.
extension FleetRollout {
    struct PutAside: Sendable {
        var table: Table
        var clusters: [ClusterResource]
    }

    /// A node of an earlier server that has not spoken to this one.
    struct Unheard: Sendable {
        /// Versions of routes that it may run.
        var routes: [String]
        var lastWord: Int64
    }

    /// Who has been silent for longer is not expected back: 30 days in milliseconds.
    static let longestAbsence: Int64 = 30 * 86_400_000

    /// To be called while its tables are still there. Bounded: two versions for each node and network.
    mutating func putAsideWhatExpiredNodesRun(at now: Int64) {
        var kept: [String: PutAside] = [:]
        for version in versionsOfAbsentNodes(at: now) {
            kept[version] =
                putAside[version]
                ?? tables[version].map { table in
                    PutAside(table: table, clusters: table.clusters.compactMap { pool[$0] })
                }
        }
        if Set(kept.keys) != Set(putAside.keys) { memoryChange += 1 }
        putAside = kept
    }

    private func versionsOfAbsentNodes(at now: Int64) -> [String] {
        let expired = nodes.values.filter { $0.isExpired(at: now) }.flatMap(\.routeVersions)
        // Nodes that an earlier server heard and this one did not.
        let unheard = remembersUntil == nil ? unheard.values.flatMap(\.routes) : Array(putAside.keys)
        return expired + unheard
    }

    /// A node is back, or speaks for the first time since this server began.
    mutating func giveBack(to node: NodeRollout) {
        for version in node.routeVersions {
            guard tables[version] == nil, let aside = putAside[version] else { continue }
            tables[version] = aside.table
            for cluster in aside.clusters where pool[cluster.name] == nil { pool.add(cluster) }
        }
    }
}

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

    /// To be called while its tables are still there. Bounded: two versions for each node and network.
    mutating func putAsideWhatExpiredNodesRun(at now: Int64) {
        var kept: [String: PutAside] = [:]
        for node in nodes.values where node.isExpired(at: now) {
            for version in Network.allCases.flatMap(node.routeVersions) {
                kept[version] =
                    putAside[version]
                    ?? tables[version].map { table in
                        PutAside(table: table, clusters: table.clusters.compactMap { pool[$0]?.cluster })
                    }
            }
        }
        putAside = kept
    }

    mutating func giveBack(to node: NodeRollout) {
        for version in Network.allCases.flatMap(node.routeVersions) {
            guard tables[version] == nil, let aside = putAside[version] else { continue }
            tables[version] = aside.table
            for cluster in aside.clusters where pool[cluster.name] == nil {
                pool[cluster.name] = PooledCluster(cluster: cluster)
            }
        }
    }
}

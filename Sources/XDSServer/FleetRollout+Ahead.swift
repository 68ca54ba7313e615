package import EdgeModel
package import EnvoyConfig
internal import FleetProtocol

/// Clusters that come before the publication which needs them: then that goes out at once.
extension FleetRollout {
    /// Milliseconds that clusters stay for which nothing has been published: the time somebody takes to say yes.
    package static let longestAhead: Int64 = 60_000

    /// - Returns: names of those that no node was offered.
    package mutating func offer(ahead clusters: [ClusterResource], at now: Int64) -> Set<String> {
        let fresh = pool.offer(ahead: clusters, until: now + Self.longestAhead)
        refresh(at: now)
        return fresh
    }

    /// Ends the offer of those of them that nothing published needs.
    package mutating func withdraw(_ names: Set<String>, at now: Int64) {
        pool.withdraw(names)
        refresh(at: now)
    }

    /// Which nodes can use the clusters. Nodes that are gone or leave, that begin, or that are sent nothing are not asked.
    package func readiness(of clusters: [String], at now: Int64) -> OriginReadiness {
        var readiness = OriginReadiness()
        for (name, node) in nodes.sorted(by: { $0.key < $1.key }) {
            guard let session = node.sessions[.clusters], session.accepted != nil, node.isLive(at: now),
                !node.isLeaving, !journal.isClosed(to: name)
            else { continue }
            if let due = node.due(clusters), due <= now {
                readiness.ready.append(name)
            } else if let refused = session.refused, refused == pool.answer?.version {
                readiness.refused.append(.init(node: name))
            } else {
                readiness.waiting.append(name)
            }
        }
        return readiness
    }
}

package import EdgeModel
package import EnvoyConfig
internal import FleetProtocol

/// Clusters that come before the publication which needs them: then that goes out at once.
///
/// A node takes all clusters of an answer or none, and does not say which it minds. So a refusal counts against what was
/// offered ahead, which is taken back at once, whoever still waits for it; but not when the node refused already what is
/// published: then the change may be what mends it.
extension FleetRollout {
    /// Milliseconds that clusters stay for which nothing has been published: the time somebody takes to say yes.
    package static let longestAhead: Int64 = 60_000

    struct Ahead: Sendable {
        /// Nodes that refused the clusters they were offered last, though nothing among these was ahead of its time.
        var stuck: Set<ResourceName> = []
        /// Nodes that refused what was offered ahead last, and the version in which it was.
        var refused: [ResourceName: String] = [:]
    }

    /// - Returns: names of those that nothing published needs: what is to be waited for.
    package mutating func offer(ahead clusters: [ClusterResource], at now: Int64) -> [String] {
        let published = Set(current.values.flatMap(\.clusters))
        let asked = clusters.filter { !published.contains($0.name) }
        // Taking back what was published wrongly leaves them with what they run: they take nothing on then.
        ahead.stuck = ahead.stuck.filter { nodes[$0]?.sessions[.clusters]?.accepted != pool.answer?.version }
        ahead.refused = [:]
        pool.offer(ahead: asked, until: now + Self.longestAhead)
        refresh(at: now)
        return asked.map(\.name)
    }

    mutating func hearRefusal(ofClusters version: String, by name: ResourceName) {
        guard version == pool.answer?.version else { return }
        if !ahead.stuck.contains(name), pool.withdrawAhead() {
            ahead.refused[name] = version
        } else {
            ahead.stuck.insert(name)
        }
    }

    /// The version in which a node refused what was offered ahead last.
    func refusedAhead(by name: ResourceName) -> String? { ahead.refused[name] }

    /// Which nodes can use the clusters. Nodes that are gone or leave, that begin, or that are sent nothing are not asked.
    package func readiness(of clusters: [String], at now: Int64) -> OriginReadiness {
        var readiness = OriginReadiness()
        for (name, node) in nodes.sorted(by: { $0.key < $1.key }) {
            guard let session = node.sessions[.clusters], session.accepted != nil, node.isLive(at: now),
                !node.isLeaving, !journal.isClosed(to: name)
            else { continue }
            if ahead.refused[name] != nil {
                readiness.refused.append(.init(node: name))
            } else if let due = node.due(clusters), due <= now {
                readiness.ready.append(name)
            } else if ahead.stuck.contains(name) {
                readiness.stuck.append(name)
            } else {
                readiness.waiting.append(name)
            }
        }
        return readiness
    }
}

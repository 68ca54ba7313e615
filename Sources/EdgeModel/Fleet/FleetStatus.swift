package import EdgePlan

/// All nodes and what they are expected to serve: a pure fold of fleet events.
package struct FleetStatus: Hashable, Sendable, Codable {
    package struct Publication: Hashable, Sendable, Codable {
        package var plan: Digest
        package var at: Timestamp
    }

    /// How far a node is behind what was published, in milliseconds.
    package enum Lag: Hashable, Sendable {
        /// It serves it; so long after the publication it said so (0: before, by this server's clock).
        case current(after: Int64)
        /// It serves something else since so long.
        case behind(since: Int64)
        /// It serves nothing of the network, because it listens nowhere for it.
        case notServed
    }

    package var nodes: [ResourceName: NodeStatus]
    package var production: Publication?
    package var lower: Publication?

    package init() { nodes = [:] }

    package func publication(of network: Network) -> Publication? {
        switch network {
        case .production: production
        case .lower: lower
        }
    }

    /// Notes what was published; a plan that is published already keeps its time.
    package mutating func expect(_ plan: Digest, in network: Network, at now: Timestamp) {
        let isFirst = publication(of: network) == nil
        guard publication(of: network)?.plan != plan else { return }
        // A hold ends when something else is published, and does not come back with the same plan. One that was there
        // before this status began goes on.
        let since = isFirst ? Timestamp(milliseconds: 0) : now
        for name in nodes.keys { nodes[name]?.endHolds(in: network, except: plan, since: since) }
        switch network {
        case .production: production = Publication(plan: plan, at: now)
        case .lower: lower = Publication(plan: plan, at: now)
        }
    }

    package mutating func apply(_ event: FleetEvent) {
        // Whoever merely claims a name does not become a node.
        if case .unauthorized = event.kind, nodes[event.node] == nil { return }
        nodes[event.node, default: NodeStatus(name: event.node, firstSeen: event.at)].apply(event)
    }

    package func liveNodes(at now: Timestamp) -> [NodeStatus] {
        nodes.values.filter { $0.isLive(at: now) }.sorted { $0.name < $1.name }
    }

    /// Live nodes that serve the network but not yet this plan, by name: whom a promotion still waits for.
    package func missing(_ plan: Digest, in network: Network, at now: Timestamp) -> [ResourceName] {
        liveNodes(at: now).filter { serves(network, $0) && $0.plan(of: network) != plan }.map(\.name)
    }

    package func lag(of node: NodeStatus, in network: Network, at now: Timestamp) -> Lag? {
        guard serves(network, node) else { return .notServed }
        guard let publication = publication(of: network) else { return nil }
        if let accepted = node.accepted[.routes(network)], accepted.plan == publication.plan {
            return .current(after: max(0, accepted.at.milliseconds - publication.at.milliseconds))
        }
        return .behind(since: max(0, now.milliseconds - publication.at.milliseconds))
    }

    private func serves(_ network: Network, _ node: NodeStatus) -> Bool {
        node.description.map { !$0.addresses(of: network).isEmpty } ?? true
    }
}

/// Everything `serve` knows of its nodes at one moment; what other processes ask it for.
package struct FleetSnapshot: Hashable, Sendable, Codable {
    package var at: Timestamp
    package var status: FleetStatus
    /// Counters since the server first heard of each node.
    package var figures: [ResourceName: NodeFigures]

    package init(at: Timestamp, status: FleetStatus, figures: [ResourceName: NodeFigures]) {
        self.at = at
        self.status = status
        self.figures = figures
    }
}

/// So that maps by name are JSON objects.
extension ResourceName: CodingKeyRepresentable {}

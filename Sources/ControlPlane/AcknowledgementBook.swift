package import EdgeModel
internal import EdgePlan
internal import FoundationEssentials

/// Writes what nodes said into the store, and remembers what of it the store has already.
///
/// The newest deployments and their acknowledgements are read once and then only what is new: nodes acknowledge at the
/// moment at which everybody's processor is wanted elsewhere, and reading fifty journal entries for each of their words
/// took a quarter of the server's time. Of use to one writer at a time.
package struct AcknowledgementBook: Sendable {
    /// The newest deployments, ascending.
    private var recent: [Deployment] = []
    /// By deployment, once it was read.
    private var acknowledged: [Int: Set<ResourceName>] = [:]
    /// Nodes and when they were made: one that was made anew has acknowledged nothing.
    private var members: [ResourceName: Timestamp] = [:]

    /// So many of the newest deployments may still gain acknowledgements.
    static let open = 50

    package init() {}

    /// Writes in one transaction: statuses of known nodes and new acknowledgements.
    ///
    /// What to write is found before it begins, so that it holds the write lock for the writing alone. A deployment that
    /// comes in between is acknowledged at the node's next sign of life. After an error the book is as it was.
    package mutating func write(
        _ taken: FleetReconciler.Unsaved, to store: any ConfigurationStore, at now: Timestamp
    ) throws {
        var next = self
        let (texts, new) = try store.read { tx in
            try next.catchUp(tx)
            return (try next.texts(taken), try next.new(taken, tx, at: now))
        }
        try store.write { tx in
            let known = Set(try tx.nodes().map(\.name))
            for (name, text) in texts where known.contains(name) { try tx.putNodeStatus(text, of: name) }
            for acknowledgement in new where known.contains(acknowledgement.node) {
                try tx.putAcknowledgement(acknowledgement)
                next.acknowledged[acknowledgement.deployment]?.insert(acknowledgement.node)
            }
        }
        self = next
    }

    /// Reads the deployments that came since; all of them when what is remembered is not what is there.
    private mutating func catchUp(_ tx: any StoreReading) throws {
        let members = Dictionary(
            try tx.nodes().map { ($0.name, $0.createdAt) }, uniquingKeysWith: { first, _ in first })
        for (name, made) in self.members where members[name] != made {
            for id in acknowledged.keys { acknowledged[id]?.remove(name) }
        }
        self.members = members
        let newest = try tx.deployments(stream: nil, last: 1).last
        if let newest, let last = recent.last, newest.id >= last.id, newest.id - last.id < Self.open {
            guard newest != last else { return }
            let since = try tx.deployments(stream: nil, last: newest.id - last.id + 1)
            if since.first == last {
                recent = Array((recent + since.dropFirst()).suffix(Self.open))
                let kept = Set(recent.map(\.id))
                acknowledged = acknowledged.filter { kept.contains($0.key) }
                return
            }
        }
        recent = newest == nil ? [] : try tx.deployments(stream: nil, last: Self.open)
        acknowledged = [:]
    }

    private func texts(_ taken: FleetReconciler.Unsaved) throws -> [(ResourceName, String)] {
        try taken.statuses.sorted { $0.key < $1.key }.map { name, node in
            (name, String(decoding: try JSONEncoder().encode(node), as: UTF8.self))
        }
    }

    private mutating func new(
        _ taken: FleetReconciler.Unsaved, _ tx: any StoreReading, at now: Timestamp
    ) throws -> [Acknowledgement] {
        var new: [Acknowledgement] = []
        // That a node is lost is no word of its own: what it accepted last may be live again by now, without its help.
        for (name, node) in taken.statuses.sorted(by: { $0.key < $1.key }) where !node.isLost {
            for deployment in recent[Self.reached(by: node, in: recent)]
            where try !nodes(acknowledging: deployment.id, tx).contains(name) {
                new.append(Acknowledgement(deployment: deployment.id, node: name, at: now))
            }
        }
        return new
    }

    private mutating func nodes(acknowledging id: Int, _ tx: any StoreReading) throws -> Set<ResourceName> {
        if let known = acknowledged[id] { return known }
        let found = Set(try tx.acknowledgements(of: id).map(\.node))
        acknowledged[id] = found
        return found
    }

    /// Indexes of the deployments that a node has behind it: up to the newest whose plans it serves in every network
    /// in which it serves at all.
    static func reached(by node: NodeStatus, in deployments: [Deployment]) -> Range<Int> {
        let newest = deployments.lastIndex { deployment in
            Network.allCases.allSatisfy { network in
                let serves = node.description.map { !$0.addresses(of: network).isEmpty } ?? true
                let wanted = network == .production ? deployment.production : deployment.lower
                return !serves || wanted == nil || node.plan(of: network) == wanted
            }
        }
        return 0..<(newest.map { $0 + 1 } ?? 0)
    }
}

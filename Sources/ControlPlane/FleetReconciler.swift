package import EdgeModel
internal import EdgePlan
internal import FoundationEssentials

/// Folds what happens at the nodes into the store: statuses, and acknowledgements of deployments. Owned by `serve`.
package struct FleetReconciler {
    package private(set) var status: FleetStatus
    private var unsaved: Set<ResourceName> = []

    /// - Parameter status: what the store knew when the server started.
    package init(status: FleetStatus = FleetStatus()) {
        self.status = status
    }

    /// Reads the last known statuses.
    package static func restored(from store: any ConfigurationStore) throws -> FleetReconciler {
        var status = FleetStatus()
        status.nodes = try store.read { try ControlPlane.statuses(in: $0) }
        return FleetReconciler(status: status)
    }

    package mutating func expect(_ digests: NetworkDigests, at now: Timestamp) {
        status.expect(digests.production, in: .production, at: now)
        status.expect(digests.lower, in: .lower, at: now)
    }

    /// - Returns: whether it should be saved at once, because somebody may wait for it; otherwise once a second will do.
    package mutating func apply(_ event: FleetEvent) -> Bool {
        status.apply(event)
        guard status.nodes[event.node] != nil else { return false }
        unsaved.insert(event.node)
        switch event.kind {
        case .accepted, .refused, .held, .ahead, .lost: return true
        case .seen, .reported, .unauthorized: return false
        }
    }

    package var hasUnsaved: Bool { !unsaved.isEmpty }

    /// What is to be written, by itself: the writing may take as long as a disk does, and what happens meanwhile is
    /// taken in and written the next time, together.
    package struct Unsaved: Sendable {
        fileprivate var statuses: [ResourceName: NodeStatus]
    }

    /// What changed since the last call; nil: nothing.
    package mutating func takeUnsaved() -> Unsaved? {
        guard hasUnsaved else { return nil }
        defer { unsaved = [] }
        return Unsaved(statuses: status.nodes.filter { unsaved.contains($0.key) })
    }

    /// It could not be written: with the next.
    package mutating func putBack(_ statuses: Unsaved) { unsaved.formUnion(statuses.statuses.keys) }

    /// Writes what changed since the last call; what cannot be written is kept for the next.
    package mutating func save(to store: any ConfigurationStore, at now: Timestamp) throws {
        guard let taken = takeUnsaved() else { return }
        do {
            try Self.write(taken, to: store, at: now)
        } catch {
            putBack(taken)
            throw error
        }
    }

    /// Writes in one transaction: statuses of known nodes and new acknowledgements.
    ///
    /// What to write is found before it begins, so that it holds the write lock for the writing alone. A deployment that
    /// comes in between is acknowledged at the node's next sign of life.
    package static func write(_ taken: Unsaved, to store: any ConfigurationStore, at now: Timestamp) throws {
        let (texts, acknowledgements) = try store.read { tx in
            let recent = try tx.deployments(stream: nil, last: Self.openDeployments)
            let acknowledged = try recent.map { Set(try tx.acknowledgements(of: $0.id).map(\.node)) }
            var texts: [(ResourceName, String)] = []
            var new: [Acknowledgement] = []
            for (name, node) in taken.statuses.sorted(by: { $0.key < $1.key }) {
                texts.append((name, String(decoding: try JSONEncoder().encode(node), as: UTF8.self)))
                for index in Self.reached(by: node, in: recent) where !acknowledged[index].contains(name) {
                    new.append(Acknowledgement(deployment: recent[index].id, node: name, at: now))
                }
            }
            return (texts, new)
        }
        try store.write { tx in
            let known = Set(try tx.nodes().map(\.name))
            for (name, text) in texts where known.contains(name) { try tx.putNodeStatus(text, of: name) }
            for acknowledgement in acknowledgements where known.contains(acknowledgement.node) {
                try tx.putAcknowledgement(acknowledgement)
            }
        }
    }

    /// So many of the newest deployments may still gain acknowledgements.
    static let openDeployments = 50

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

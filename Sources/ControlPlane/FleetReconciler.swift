package import EdgeModel
internal import EdgePlan
internal import FoundationEssentials

/// Folds what happens at the nodes into the store: statuses, and acknowledgements of deployments. Owned by `serve`.
package struct FleetReconciler {
    package private(set) var status: FleetStatus
    private var unsaved: Set<ResourceName> = []
    private var book = AcknowledgementBook()

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
        var statuses: [ResourceName: NodeStatus]
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
            try book.write(taken, to: store, at: now)
        } catch {
            putBack(taken)
            throw error
        }
    }
}

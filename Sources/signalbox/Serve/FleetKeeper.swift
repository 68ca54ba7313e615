internal import ControlPlane
internal import EdgeModel
internal import EdgePlan
internal import Logging

/// Keeps the store at what the nodes say: at once where somebody may wait for it, and within a second otherwise.
///
/// While one transaction is written, and for some milliseconds after it, what the nodes say is gathered for the next: ten
/// nodes that acknowledge at the same time cost two of them and not ten.
actor FleetKeeper {
    private let store: any ConfigurationStore
    private let log: Logger
    private var reconciler: FleetReconciler
    private var book = AcknowledgementBook()
    private var saving: Task<Void, Never>?
    private static let rest = Duration.milliseconds(10)

    init(store: any ConfigurationStore, log: Logger) throws {
        self.store = store
        self.log = log
        reconciler = try FleetReconciler.restored(from: store)
    }

    /// - Parameter time: before it was published.
    func expect(_ digests: NetworkDigests, at time: Timestamp) { reconciler.expect(digests, at: time) }

    func handle(_ event: FleetEvent) {
        report(event)
        if reconciler.apply(event) { startSaving() }
    }

    /// Writes what the nodes said and returns when that is done; when the store cannot take it now, the next call tries
    /// again.
    func save() async {
        guard saving != nil || reconciler.hasUnsaved else { return }
        await startSaving().value
    }

    @discardableResult
    private func startSaving() -> Task<Void, Never> {
        if let saving { return saving }
        let task = Task { await saveGathered() }
        saving = task
        return task
    }

    private func saveGathered() async {
        defer { saving = nil }
        while let taken = reconciler.takeUnsaved() {
            do {
                book = try await Self.write(taken, book, to: store)
            } catch {
                reconciler.putBack(taken)
                return log.warning("node status not saved yet: \(ErrorReport(error).message)")
            }
            try? await Task.sleep(for: Self.rest)
        }
    }

    /// Beside the actor, which goes on listening.
    @concurrent
    private static func write(
        _ taken: FleetReconciler.Unsaved, _ book: AcknowledgementBook, to store: any ConfigurationStore
    ) async throws -> AcknowledgementBook {
        var book = book
        try book.write(taken, to: store, at: TimeText.now())
        return book
    }

    private func report(_ event: FleetEvent) {
        var facts: Logger.Metadata = ["node": "\(event.node)"]
        switch event.kind {
        case .seen, .reported: return
        case .accepted(let kind, let version, let plan):
            facts["resource"] = "\(kind.rawValue)"
            facts["version"] = "\(version.prefix(12))"
            if let plan { facts["plan"] = "\(plan.short)" }
            log.info("accepted", metadata: facts)
        case .refused(let kind, let version, let plan, let reason):
            facts["resource"] = "\(kind.rawValue)"
            facts["version"] = "\(version.prefix(12))"
            if let plan { facts["plan"] = "\(plan.short)" }
            facts["reason"] = "\(reason ?? "not known yet")"
            log.error("refused", metadata: facts)
        case .held(let hold):
            facts["plan"] = "\(hold.plan.short)"
            facts["network"] = "\(hold.network.rawValue)"
            log.error("held: \(hold.sentence); no further node gets it", metadata: facts)
        case .ahead(let position?):
            facts["journal"] = "\(position.sequence) \(position.head.short)"
            log.error("sent nothing: it was given a state that this one does not contain", metadata: facts)
        case .ahead(nil): log.notice("sent what is live again", metadata: facts)
        case .lost: log.warning("lost", metadata: facts)
        case .unauthorized: log.warning("refused a request without the node's token", metadata: facts)
        }
    }
}

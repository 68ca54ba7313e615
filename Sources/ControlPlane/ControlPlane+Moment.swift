package import EdgeModel

extension ControlPlane {
    /// Reads at one moment: all that the body asks is of the same state, whoever writes meanwhile, and costs one
    /// transaction. The body may read only.
    ///
    /// - Parameter notes: so many notes of nodes at most are seen in it. They are observation and not decision, and are
    ///   read before the moment.
    package func atOneMoment<T>(
        notes count: Int = FiguresRetention.notes, _ body: (ControlPlane) throws -> T
    ) throws -> T {
        let notes = try count > 0 ? store.history.notes(last: count) : []
        return try store.read { tx in
            let pinned = ControlPlane(
                store: PinnedStore(tx, notes), actor: actor, now: now, random: random)
            return try body(pinned)
        }
    }

    /// Grows by one with every transaction that wrote.
    package func revision() throws -> Int { try store.read { try $0.revision() } }

    /// The newest note of a node; nil: there is none.
    package func lastNote() throws -> FleetNote? { try store.history.notes(last: 1).last }
}

/// A store as it is within one open transaction.
///
/// Unchecked: it lives on the stack of one synchronous call on one thread, and nothing that `ControlPlane` does with a
/// store goes on after its call has returned.
private struct PinnedStore: ConfigurationStore, @unchecked Sendable {
    private let tx: any StoreReading
    let history: any FiguresHistory

    init(_ tx: any StoreReading, _ notes: [FleetNote]) {
        self.tx = tx
        history = PinnedHistory(kept: notes)
    }

    func read<T>(_ body: (any StoreReading) throws -> T) throws -> T { try body(tx) }
    func write<T>(_ body: (any StoreWriting) throws -> T) throws -> T { throw Self.refusal }
    func changes() -> AsyncStream<Void> { AsyncStream { $0.finish() } }

    static var refusal: StoreError {
        StoreError(.refused, at: "state", "it is being read", remedy: "write outside of the reading")
    }
}

private struct PinnedHistory: FiguresHistory {
    let kept: [FleetNote]

    func append(_ records: [TrafficRecord], _ notes: [FleetNote], forgettingBefore oldest: Timestamp) throws {
        throw PinnedStore.refusal
    }

    func records(
        of kinds: Set<TrafficSubject.Kind>, named subject: String?, from: Timestamp, to: Timestamp
    ) throws -> [TrafficRecord] { throw PinnedStore.refusal }

    func notes(last: Int) throws -> [FleetNote] { kept.suffix(last) }
}

package import EdgeModel
internal import EdgePlan

/// The operations of Signalbox. The console, every subcommand and `serve` call these; nothing else writes state.
///
/// Every mutation is one transaction with an audit entry. Operations are synchronous; what waits for nodes is not here.
package struct ControlPlane: Sendable {
    package let store: any ConfigurationStore
    package let actor: Actor
    let now: @Sendable () -> Timestamp
    let random: @Sendable (Int) -> [UInt8]
    let leaves: LeafKeeper

    /// - Parameters:
    ///   - now: the clock; handed in so that tests decide the time.
    ///   - random: that many unpredictable bytes, for tokens.
    ///   - leaves: what makes planning quick where there are many zones; nil: each plan compiles them all.
    package init(
        store: any ConfigurationStore, actor: Actor, now: @escaping @Sendable () -> Timestamp,
        random: @escaping @Sendable (Int) -> [UInt8], leaves: (any LeafCache)? = nil
    ) {
        self.store = store
        self.actor = actor
        self.now = now
        self.random = random
        self.leaves = LeafKeeper(cache: leaves)
    }

    /// One transaction: runs the body, then appends what it says to the audit. Nothing is kept when anything throws.
    @discardableResult
    func mutate<T>(reason: String? = nil, _ body: (any StoreWriting) throws -> (T, [AuditNote])) throws -> T {
        try store.write { tx in
            let (result, notes) = try body(tx)
            for note in notes { try audit(note, reason: reason, in: tx) }
            return result
        }
    }

    func audit(_ note: AuditNote, reason: String?, in tx: any StoreWriting) throws {
        let last = try tx.auditEntries(last: 1).last
        var entry = AuditEntry(
            sequence: (last?.sequence ?? 0) + 1, at: now(), actor: actor, action: note.action, resource: note.resource,
            summary: note.summary, reason: reason, previousHead: last?.head,
            head: Digest(bytes: [UInt8](repeating: 0, count: 32)))
        entry.head = entry.computedHead
        try tx.append(entry)
    }
}

/// What an operation tells the audit.
struct AuditNote {
    var action: String
    var resource: String
    var summary: String

    init(_ action: String, _ resource: String, _ summary: String) {
        self.action = action
        self.resource = resource
        self.summary = summary
    }
}

package import EdgeModel
internal import EdgePlan

/// Why nodes are not sent what is live, and do not get it by waiting.
package struct Standstill: Hashable, Sendable {
    package var holds: [FleetHold]
    /// Live nodes that were given a state which this one does not contain.
    package var ahead: [ResourceName]

    /// - Parameter expected: what is live; holds of anything else are over.
    init?(_ statuses: [ResourceName: NodeStatus], expected: (Network) -> Digest?, at now: Timestamp) {
        let all = statuses.values.sorted { $0.name < $1.name }
        holds = all.flatMap { $0.holds }.filter { $0.plan == expected($0.network) }
        ahead = all.filter { $0.ahead != nil && $0.isLive(at: now) }.map(\.name)
        if holds.isEmpty, ahead.isEmpty { return nil }
    }

    /// What happened, a sentence each.
    package var sentences: [String] {
        holds.map(\.sentence) + ahead.map { "\($0) was given a state that this one does not contain" }
    }

    /// - Parameter last: the newest deployment, which is what the holds are about.
    package func remedy(_ last: Deployment?) -> String {
        if !ahead.isEmpty, holds.isEmpty {
            return "use the state that the nodes were given, or let this one go: signalbox node accept-older"
        }
        switch last?.change {
        case .assignment(let application, let environment, _, _)?:
            return "signalbox rollback \(application) --env \(environment)"
        case .routing?, .environment?, .zone?, .settings?, .reservation?, .list?, nil: return "signalbox undo"
        }
    }

    package func findings(_ last: Deployment?) -> [Finding] {
        holds.map { hold in
            Finding(
                .error, "plan-held", at: "node \(hold.node)",
                "\(hold.sentence); no further node gets the plan of \(hold.network.rawValue)", remedy: remedy(last))
        }
            + ahead.map { name in
                Finding(
                    .error, "state-older-than-node", at: "node \(name)",
                    "it was given a state that this one does not contain, so it is sent nothing",
                    remedy: "use the state that it was given, or let this one go: signalbox node accept-older")
            }
    }
}

extension ControlPlane {
    /// Why waiting for a deployment's acknowledgements is of no use; nil: it may be.
    package func standstill(of deployment: Deployment) throws -> Standstill? {
        try store.read { tx in
            let known = Set(try tx.nodes().map(\.name))
            return Standstill(
                try Self.statuses(in: tx).filter { known.contains($0.key) },
                expected: { $0 == .production ? deployment.production : deployment.lower }, at: now())
        }
    }

    // MARK: the journal and what nodes were given

    /// Where the state stands: what nodes are told with everything they are given. nil: nothing was ever done.
    package func journalPosition() throws -> JournalPosition? {
        try store.read { tx in
            try tx.auditEntries(last: 1).last.map {
                JournalPosition(sequence: $0.sequence, head: $0.head, at: $0.at)
            }
        }
    }

    /// Whether a place is one of this state's journal, or of a state that was given up for this one.
    package func contains(_ position: JournalPosition) throws -> Bool {
        try store.read { tx in
            let given = try tx.settings()[Self.olderAcceptedKey].flatMap { Timestamp(rfc3339: $0) }
            if let given, position.at <= given { return true }
            guard let last = try tx.auditEntries(last: 1).last, position.sequence <= last.sequence else { return false }
            let entry = try tx.auditEntries(last: last.sequence - position.sequence + 1).first
            return entry?.sequence == position.sequence && entry?.head == position.head
        }
    }

    /// Decides that this state goes, whatever other state nodes were given until now.
    package func acceptOlder(reason: String?) throws {
        let moment = now()
        try mutate(reason: reason) { tx in
            try tx.putSetting(Self.olderAcceptedKey, moment.description)
            let summary = "this state goes, whatever other one nodes were given before \(moment)"
            return ((), [AuditNote("nodes.accept-older", "nodes", summary)])
        }
    }

    private static let olderAcceptedKey = "nodes.older-accepted-at"
}

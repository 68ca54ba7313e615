package import EdgeModel
package import EdgePlan

/// One entry of the mail journal: what came into force, when, by whom and why. Append-only and chained by digests as the
/// journal of the edge is, a chain for each stream.
package struct MailDeployment: Hashable, Sendable, Codable {
    package enum Kind: String, CaseIterable, Hashable, Sendable, Codable {
        case promote, rollback
        /// Rules were disabled because a destination went.
        case withdraw
        /// An earlier entry was put back.
        case undo
        /// A domain was switched on or off.
        case `switch`
        case destination, worker

        /// What the audit calls an entry of this kind, and nothing else: so each proves the other. Not the words of the
        /// edge's journal, by which its own audit is counted.
        package var auditAction: String {
            switch self {
            case .promote: "email.in-force"
            case .rollback: "email.back-in-force"
            case .withdraw: "email.withdrawn"
            case .undo: "email.undone"
            case .switch: "email.domain-switched"
            case .destination: "email.destination-set"
            case .worker: "email.worker-set"
            }
        }
    }

    /// Over all streams, from 1 without gaps.
    package var id: Int
    /// A domain, `destinations` or `workers`.
    package var stream: String
    /// Within the stream, from 1 without gaps.
    package var sequence: Int
    package var kind: Kind
    package var change: MailChange
    package var at: Timestamp
    package var actor: Actor
    package var reason: String?
    package var planChecksum: Digest?
    /// For an undo: the id of the entry it reverses.
    package var undoes: Int?
    package var previousHead: Digest?
    package var head: Digest

    package init(
        id: Int, sequence: Int, kind: Kind, change: MailChange, at: Timestamp, actor: Actor, reason: String?,
        planChecksum: Digest?, undoes: Int? = nil, previousHead: Digest?, head: Digest
    ) {
        self.id = id
        stream = change.stream
        self.sequence = sequence
        self.kind = kind
        self.change = change
        self.at = at
        self.actor = actor
        self.reason = reason
        self.planChecksum = planChecksum
        self.undoes = undoes
        self.previousHead = previousHead
        self.head = head
    }

    /// Milliseconds for which an entry may be reversed, as at the edge.
    package static let undoWindow = Deployment.undoWindow

    package func isUndoable(at now: Timestamp) -> Bool { now.milliseconds - at.milliseconds <= Self.undoWindow }

    /// Versions of rules in force before and after; nil of other changes.
    package var versions: (from: Int?, to: Int?)? {
        guard case .rules(_, let from, let to) = change else { return nil }
        return (from, to)
    }

    /// Digest of everything in the entry but its own head. Members that came later are missing where they say nothing, so
    /// that chains written before still hold.
    package var computedHead: Digest {
        let document: DocumentValue = .object([
            "id": .int(id), "domain": .string(stream), "sequence": .int(sequence), "kind": .string(kind.rawValue),
            "from": versions?.from.map { .int($0) }, "to": versions?.to.map { .int($0) }, "change": change.document,
            "at": .string(at.description), "actor": actor.document, "reason": reason.map { .string($0) },
            "plan": planChecksum.map { .string($0.rawValue) }, "undoes": undoes.map { .int($0) },
            "previous": previousHead.map { .string($0.rawValue) },
        ])
        return Digest.sha256(of: document.sorted.json())
    }

    package var sentence: String { change.sentence }
}

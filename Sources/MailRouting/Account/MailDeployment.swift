package import EdgeModel
package import EdgePlan

/// One entry of a domain's mail journal: which version came into force, when, by whom and why. Append-only and chained by
/// digests as the journal of the edge is.
package struct MailDeployment: Hashable, Sendable, Codable {
    package enum Kind: String, CaseIterable, Hashable, Sendable, Codable {
        case promote, rollback
        /// Rules were disabled because a destination went.
        case withdraw
    }

    /// Over all domains, from 1 without gaps.
    package var id: Int
    package var domain: String
    /// Within the domain, from 1 without gaps.
    package var sequence: Int
    package var kind: Kind
    package var from: Int?
    package var to: Int
    package var at: Timestamp
    package var actor: Actor
    package var reason: String?
    package var planChecksum: Digest?
    package var previousHead: Digest?
    package var head: Digest

    package init(
        id: Int, domain: String, sequence: Int, kind: Kind, from: Int?, to: Int, at: Timestamp, actor: Actor,
        reason: String?, planChecksum: Digest?, previousHead: Digest?, head: Digest
    ) {
        self.id = id
        self.domain = domain
        self.sequence = sequence
        self.kind = kind
        self.from = from
        self.to = to
        self.at = at
        self.actor = actor
        self.reason = reason
        self.planChecksum = planChecksum
        self.previousHead = previousHead
        self.head = head
    }

    /// Digest of everything in the entry but its own head.
    package var computedHead: Digest {
        let document: DocumentValue = .object([
            "id": .int(id), "domain": .string(domain), "sequence": .int(sequence), "kind": .string(kind.rawValue),
            "from": from.map { .int($0) }, "to": .int(to), "at": .string(at.description), "actor": actor.document,
            "reason": reason.map { .string($0) }, "plan": planChecksum.map { .string($0.rawValue) },
            "previous": previousHead.map { .string($0.rawValue) },
        ])
        return Digest.sha256(of: document.sorted.json())
    }

    /// `example.com@1 → example.com@2`
    package var sentence: String { "\(from.map { "\(domain)@\($0)" } ?? "no rules") → \(domain)@\(to)" }
}

package import EdgePlan

/// One entry of the journal: a change of what is served, append-only and hash-chained per stream.
///
/// The stream is the environment's name, or `routing` for changes of the routing rules. An entry's `head` is the
/// digest of its canonical bytes, which contain the head of the entry before: edit, removal and reordering break it.
package struct Deployment: Hashable, Sendable, Codable {
    package enum Kind: String, CaseIterable, Hashable, Sendable, Codable {
        case assign, promote, rollback, undo, routing, zone, environment, settings, reserve, list

        /// Puts back what was there before: nothing may hold it up.
        package var isWayBack: Bool { self == .rollback || self == .undo }
    }

    /// Number over all streams, from 1.
    package var id: Int
    package var stream: ResourceName
    /// Number within the stream, from 1 without gaps.
    package var sequence: Int
    package var kind: Kind
    package var change: Change
    package var at: Timestamp
    package var actor: Actor
    package var reason: String?
    /// Checksum of the plan that was applied.
    package var planChecksum: Digest?
    /// Digests of the edge's two networks after the change: what nodes acknowledge.
    package var production: Digest?
    package var lower: Digest?
    /// What was known when it was applied: findings accepted, checks run, thresholds forced. Sorted by key.
    package var evidence: [String: String]
    /// For an undo: the id of the entry it reverses.
    package var undoes: Int?
    package var previousHead: Digest?
    package var head: Digest

    package init(
        id: Int, stream: ResourceName, sequence: Int, kind: Kind, change: Change, at: Timestamp, actor: Actor,
        reason: String?, planChecksum: Digest?, production: Digest?, lower: Digest?, evidence: [String: String],
        undoes: Int?, previousHead: Digest?, head: Digest
    ) {
        self.id = id
        self.stream = stream
        self.sequence = sequence
        self.kind = kind
        self.change = change
        self.at = at
        self.actor = actor
        self.reason = reason
        self.planChecksum = planChecksum
        self.production = production
        self.lower = lower
        self.evidence = evidence
        self.undoes = undoes
        self.previousHead = previousHead
        self.head = head
    }
}

/// What a deployment changed, with both sides, so that it can be shown and reversed.
package enum Change: Hashable, Sendable, Codable {
    /// nil: no version; the zone's own configuration is served.
    case assignment(application: ResourceName, environment: ResourceName, from: Int?, to: Int?)
    case routing(before: [RoutingRule], after: [RoutingRule])
    /// A zone made, changed or removed, with all it had, so that it can be put back.
    case zone(name: String, before: ZoneState?, after: ZoneState?)
    /// An environment made, changed or removed.
    case environment(before: Environment?, after: Environment?)
    /// Options of the whole edge.
    case settings(before: EdgeSettings, after: EdgeSettings)
    /// A staging address given to a version, or given back.
    case reservation(address: String, before: StagingReservation?, after: StagingReservation?)
    /// A named list made, changed or removed.
    case list(ListChange)
}

/// What a zone was at one time.
package struct ZoneState: Hashable, Sendable, Codable {
    package var id: ConfigurationID
    package var hosts: [String]
    package var tls: CertificateFiles?
    package var digest: Digest
    /// JSON text of its own configuration.
    package var configuration: String

    package init(
        id: ConfigurationID, hosts: [String], tls: CertificateFiles? = nil, digest: Digest, configuration: String
    ) {
        self.id = id
        self.hosts = hosts
        self.tls = tls
        self.digest = digest
        self.configuration = configuration
    }
}

/// A node's acknowledgement of a deployment; kept beside the journal because it arrives later.
package struct Acknowledgement: Hashable, Sendable, Codable {
    package var deployment: Int
    package var node: ResourceName
    package var at: Timestamp
    package init(deployment: Int, node: ResourceName, at: Timestamp) {
        self.deployment = deployment
        self.node = node
        self.at = at
    }
}

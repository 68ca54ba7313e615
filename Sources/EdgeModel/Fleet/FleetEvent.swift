package import EdgePlan

/// Something that happened at a node, in the order in which the server learned of it.
package struct FleetEvent: Hashable, Sendable, Codable {
    package enum Kind: Hashable, Sendable, Codable {
        /// It asked for something; told when it is new, came back, changed, or five seconds have passed.
        case seen(NodeDescription)
        /// It runs this version of a resource. `plan`: digest of the network's plan it carries, when it carries one
        /// that this server published.
        case accepted(ResourceKind, version: String, plan: Digest?)
        /// It would not take this version and keeps the one before. A reason may follow with a report.
        case refused(ResourceKind, version: String, plan: Digest?, reason: String?)
        case reported(NodeReport)
        /// What it did after it was given a plan keeps that plan from all others.
        case held(FleetHold)
        /// It was given a state that this server's journal does not contain; nil: no longer.
        case ahead(JournalPosition?)
        /// Neither a request nor a report for longer than `Liveness` allows.
        case lost
        /// Somebody asked in its name without its token; told once a minute at most.
        case unauthorized
    }

    package var node: ResourceName
    package var at: Timestamp
    package var kind: Kind

    package init(node: ResourceName, at: Timestamp, _ kind: Kind) {
        self.node = node
        self.at = at
        self.kind = kind
    }
}

/// When a node counts as live and when it is forgotten, in milliseconds.
package enum Liveness {
    /// A long poll is held for 25 s; the rest is slack for the way and for a slow node.
    package static let sinceRequest: Int64 = 40_000
    package static let sinceReport: Int64 = 10_000
    /// A node absent for so long no longer keeps old clusters from being removed; `node list` says so.
    package static let expiry: Int64 = 120_000
}

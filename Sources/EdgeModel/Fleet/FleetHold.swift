package import EdgePlan

/// Why a plan goes to no further node: what a node did shortly after it was given it.
package struct FleetHold: Hashable, Sendable, Codable {
    package enum Cause: String, Hashable, Sendable, Codable {
        /// Its Envoy came back without a version, or `node run` reported that it had ended by itself.
        case restarted
        /// It was the first to get it and would not take it.
        case refused
    }

    package var network: Network
    package var plan: Digest
    /// Whose behaviour it was.
    package var node: ResourceName
    package var cause: Cause
    package var at: Timestamp
    /// Milliseconds between the plan's being sent to the node and that.
    package var after: Int64

    package init(
        network: Network, plan: Digest, node: ResourceName, cause: Cause, at: Timestamp, after: Int64
    ) {
        self.network = network
        self.plan = plan
        self.node = node
        self.cause = cause
        self.at = at
        self.after = after
    }

    /// What happened, for people: `fra1 came back without a version 0.4 s after it was given plan 1a2b3c4d`.
    package var sentence: String { "\(node) \(words) plan \(plan.short)" }

    /// The same without node and plan.
    package var words: String {
        switch cause {
        case .restarted: "came back without a version \(after / 1000).\(after % 1000 / 100) s after it was given"
        case .refused: "is the first node and refuses"
        }
    }
}

package import EdgePlan

/// Where published plans go and where word of the nodes comes from.
package protocol DataPlane: Sendable {
    /// Makes a plan the one that every node is to serve. Returns when it is on its way to the nodes that wait for
    /// something; acceptance or refusal follows as events that carry the digests given here.
    ///
    /// Of two publications that overlap, the one that began later wins. Publishing what is published does nothing.
    /// - Parameter journal: where the state stands that the plan was made of. Nodes that were given a state which this
    ///   one does not contain are sent nothing.
    /// - Parameter deployments: how far the journal reaches in the plan. One that differs from what all nodes could have
    ///   only by ways back goes to all at once: nothing holds it up.
    /// - Throws: when the plan cannot be made into configuration; then everything stays as it was.
    func publish(_ plan: EdgePlan, digests: NetworkDigests, journal: JournalPosition?, deployments: DeploymentMarks)
        async throws

    /// Has every node take on origins before anything published needs them, and waits until all that live can use them.
    /// They stay for a minute, and longer while something needs them; what a node refuses is taken back at once.
    /// - Parameter limit: returns no later.
    /// - Throws: when one of them cannot be made into configuration.
    func prepare(_ origins: [OriginPlan], within limit: Duration) async throws -> OriginReadiness

    /// Asks again whether the nodes' states are known, after somebody decided that this state goes.
    func reconsider() async

    /// A new stream of everything from now on; any number may be open.
    var events: AsyncStream<FleetEvent> { get }

    /// Status and figures of all nodes now.
    func fleet() async -> FleetSnapshot
}

/// Digests of a plan's two networks: what deployments are compared with, and what nodes acknowledge.
package struct NetworkDigests: Hashable, Sendable, Codable {
    package var production: Digest
    package var lower: Digest

    package init(production: Digest, lower: Digest) {
        self.production = production
        self.lower = lower
    }

    package subscript(_ network: Network) -> Digest {
        switch network {
        case .production: production
        case .lower: lower
        }
    }
}

/// A test of a plan before it is published that needs more than the plan: a program, or a node.
package protocol PlanCheck: Sendable {
    /// What the check is called in evidence and findings, e.g. `validate`.
    var name: String { get }
    /// Empty: nothing to object. A check that could not run says so in a finding of severity info.
    func findings(for plan: EdgePlan) async -> [Finding]
}

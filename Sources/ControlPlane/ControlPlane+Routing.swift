package import EdgeModel

package struct EnvironmentSummary: Hashable, Sendable {
    package var environment: Environment
    package var assignments: [Assignment]
}

/// A staging address with who answers there.
package struct StagingAddress: Hashable, Sendable {
    package var address: String
    package var environment: ResourceName
    /// What is served there, inherited versions included: `shop@3`.
    package var versions: [String]
    package var reservation: StagingReservation?
}

extension ControlPlane {
    package func routingRules() throws -> [RoutingRule] { try store.read { try $0.routingRules() } }

    package func routingRule(named name: ResourceName) throws -> RoutingRule {
        let rules = try routingRules()
        guard let rule = rules.first(where: { $0.name == name }) else { throw Find.noRule(name, among: rules) }
        return rule
    }

    /// Effective rules in evaluation order, of one environment or of all.
    package func effectiveRules(in environment: ResourceName? = nil) throws -> [EffectiveRule] {
        try store.read { tx in
            if let environment { _ = try Find.environment(environment, in: tx) }
            return EffectiveRule.rows(try Self.snapshot(in: tx)).filter {
                environment == nil || $0.environment == environment
            }
        }
    }

    /// By rank, lowest first.
    package func environments() throws -> [EnvironmentSummary] {
        try store.read { tx in
            let assignments = try tx.assignments()
            return try tx.environments().sorted { $0.rank < $1.rank }.map { environment in
                EnvironmentSummary(
                    environment: environment, assignments: assignments.filter { $0.environment == environment.name })
            }
        }
    }

    package func environment(named name: ResourceName) throws -> EnvironmentSummary {
        try store.read { tx in
            EnvironmentSummary(
                environment: try Find.environment(name, in: tx),
                assignments: try tx.assignments().filter { $0.environment == name })
        }
    }

    package func stagingAddresses() throws -> [StagingAddress] {
        try store.read { tx in
            let snapshot = try Self.snapshot(in: tx)
            let applications = try tx.applications().map(\.name)
            return snapshot.environments.flatMap { environment in
                environment.stagingAddresses.map { address in
                    let reservation = snapshot.reservations.first { $0.address == address }
                    return StagingAddress(
                        address: address, environment: environment.name,
                        versions: applications.compactMap { name in
                            if let reservation, reservation.application == name { return reservation.label }
                            return snapshot.servedVersion(of: name, in: environment).map { "\(name)@\($0)" }
                        }, reservation: reservation)
                }
            }
        }
    }

    /// Account-wide settings: trusted peers and the country header. They change as all that is served does: by a plan.
    package func edgeSettings() throws -> EdgeSettings { try store.read { EdgeSettings(stored: try $0.settings()) } }

    /// The two environments every account begins with. Does nothing when there are any.
    package func initialize(stagingAddresses: [String]) throws {
        try mutate { tx in
            guard try tx.environments().isEmpty else { return ((), []) }
            let staging = try Stream.name("staging")
            let production = try Stream.name("production")
            try tx.putEnvironment(
                Environment(
                    name: staging, rank: 0, filter: nil, stagingAddresses: stagingAddresses, lockOnDeploy: false))
            try tx.putEnvironment(
                Environment(name: production, rank: 1, filter: nil, stagingAddresses: [], lockOnDeploy: true))
            return ((), [AuditNote("state.create", "account", "environments staging and production")])
        }
    }
}

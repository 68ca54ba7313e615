/// What the edge evaluates, in order: *if environment and routing rule then use this version*. The first that holds
/// decides; when none does, the zone's own configuration is served.
package struct EffectiveRule: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        case version(ResourceName, Int, pinned: Bool)
        /// The application has no version here or higher: the zone's own configuration.
        case zoneConfiguration(ResourceName)
    }

    package var environment: ResourceName
    package var stagingAddresses: [String]
    package var filter: String?
    package var routingRule: ResourceName
    /// The routing rule's own expression.
    package var condition: String
    package var outcome: Outcome

    package var isOnStagingAddress: Bool { !stagingAddresses.isEmpty }

    /// `shop@2`; nil for the zone's own configuration.
    package var servedLabel: String? {
        if case .version(let application, let number, _) = outcome { return "\(application)@\(number)" }
        return nil
    }

    /// Conditions in the rules language that must all hold: staging address, environment filter, routing rule. Each is an
    /// expression of its own, with the limits of one; joined as text they might exceed them.
    package var conditions: [String] {
        let address = isOnStagingAddress ? "cf.edge.server_ip in {\(stagingAddresses.joined(separator: " "))}" : nil
        return [address, filter, condition].compactMap { $0 }
    }

    /// `if zone.name = example.com and sent to a staging address (127.0.0.21) then use shop version 2`
    package var sentence: String {
        var text = "if \(ExpressionCheck.canonical(condition))"
        if isOnStagingAddress {
            text += " and sent to a staging address (\(stagingAddresses.joined(separator: ", ")))"
        }
        if let filter { text += " and \(ExpressionCheck.canonical(filter))" }
        switch outcome {
        case .version(let application, let number, let pinned):
            text += " then use \(application) version \(number)\(pinned ? " (pinned)" : "")"
        case .zoneConfiguration(let application):
            text += " then use the zone's own configuration (\(application) has no version here)"
        }
        return text
    }

    /// All rows in evaluation order: environments from the lowest rank, each with the routing rules in their order.
    /// An environment without a version of an application serves what the next higher one serves, so that a staging
    /// address never sends one application's requests to another.
    package static func rows(_ snapshot: EdgeSnapshot) -> [EffectiveRule] {
        snapshot.environments.sorted { $0.rank < $1.rank }.flatMap { environment -> [EffectiveRule] in
            let reachable =
                environment.isProduction || environment.filter != nil || !environment.stagingAddresses.isEmpty
            guard reachable else { return [] }
            return places(of: environment, snapshot).flatMap { addresses, reservation in
                snapshot.routingRules.filter(\.enabled).map { rule in
                    let reserved = reservation.flatMap { $0.application == rule.application ? $0.version : nil }
                    let number =
                        rule.pinned ?? reserved ?? snapshot.servedVersion(of: rule.application, in: environment)
                    return EffectiveRule(
                        environment: environment.name, stagingAddresses: addresses, filter: environment.filter,
                        routingRule: rule.name, condition: rule.expression,
                        outcome: number.map { .version(rule.application, $0, pinned: rule.pinned != nil) }
                            ?? .zoneConfiguration(rule.application))
                }
            }
        }
    }

    /// An environment's staging addresses: each reserved one for itself, then the others together. A reserved address
    /// serves every routing rule, with the reserved version where the rule's application is that one's.
    private static func places(
        of environment: Environment, _ snapshot: EdgeSnapshot
    ) -> [(addresses: [String], reservation: StagingReservation?)] {
        let reserved = snapshot.reservations.filter { environment.stagingAddresses.contains($0.address) }
        let others = environment.stagingAddresses.filter { address in !reserved.contains { $0.address == address } }
        let own: [(addresses: [String], reservation: StagingReservation?)] =
            others.isEmpty && !reserved.isEmpty ? [] : [(others, nil)]
        return reserved.map { ([$0.address], $0) } + own
    }
}

/// Something that does not fit together in a plan; each is a fault of whoever made the plan.
package struct PlanInconsistency: Hashable, Sendable, CustomStringConvertible {
    /// `lower, zone shop.example, configuration 456, rule canary`.
    package let place: String
    package let message: String
    package var description: String { "\(place): \(message)" }
}

extension EdgePlan {
    /// Everything that does not fit together: origins that are named but not there, indexes out of range, names that
    /// occur twice. Whether each zone can be served is `ZonePlanVerifier`'s matter.
    package func inconsistencies() -> [PlanInconsistency] {
        var found: [PlanInconsistency] = []
        func report(_ place: String, _ message: String) {
            found.append(PlanInconsistency(place: place, message: message))
        }
        for name in repeated(origins.map(\.name)) { report("origins", "\(name) is there twice") }
        let known = Set(origins.map(\.name))
        for (network, plan) in [(Network.production, production), (.lower, lower)] {
            for name in repeated(plan.zones.map(\.name)) { report("\(network)", "zone \(name) is there twice") }
            for host in repeated(plan.zones.flatMap(\.hosts)) { report("\(network)", "host \(host) is served twice") }
            for zone in plan.zones {
                zone.inconsistencies(origins: known) { report("\(network), zone \(zone.name)" + $0, $1) }
            }
        }
        return found
    }
}

extension ZonePlan {
    fileprivate func inconsistencies(origins: Set<String>, report: (String, String) -> Void) {
        if configurations.isEmpty { report("", "the zone's own configuration is missing") }
        if let own = configurations.first, own.id != zone {
            report("", "configuration 0 is \(own.id), not the zone's own \(zone)")
        }
        for id in repeated(configurations.map(\.id)) { report("", "configuration \(id) is there twice") }
        for selector in selectors where !configurations.indices.contains(selector.configuration) {
            report(", routing rule \(selector.routingRule)", "there is no configuration \(selector.configuration)")
        }
        for configuration in configurations {
            let place = ", configuration \(configuration.id)"
            if let origin = configuration.defaultOrigin, !origins.contains(origin) {
                report(place, "there is no origin \(origin)")
            }
            let rules = configuration.phases.flatMap(\.rules)
            for ref in repeated(rules.map(\.ref)) { report(place, "rule \(ref) is there twice") }
            for rule in rules {
                if case .route(_, let origin?) = rule.action, !origins.contains(origin) {
                    report(place + ", rule \(rule.ref)", "there is no origin \(origin)")
                }
            }
        }
    }
}

/// Each value that occurs more than once, in order of the second occurrence.
private func repeated<Value: Hashable>(_ values: [Value]) -> [Value] {
    var counts: [Value: Int] = [:]
    return values.filter { value in
        counts[value, default: 0] += 1
        return counts[value] == 2
    }
}

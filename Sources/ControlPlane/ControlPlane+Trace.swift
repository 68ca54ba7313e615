package import EdgeEngine
package import EdgeModel
internal import EdgePlan
internal import RulesLanguage

/// Where a traced request is thought to arrive.
package enum TracePlace: Hashable, Sendable {
    /// At an address of the environment: its staging address, or production's for one without.
    case environment(ResourceName)
    /// As if a routing rule had chosen this version.
    case version(VersionReference)
}

/// A trace with the texts that its spans point into.
package struct TraceAnswer: Hashable, Sendable {
    package var explanation: Explanation
    package var zone: String
    /// Expression of each rule of the configuration that was chosen, by phase and ref.
    package var expressions: [String: [String: String]]
    /// Condition of each selector, in order, as evaluated in this zone.
    package var selectors: [String]
}

extension ControlPlane {
    /// The decision path of one request, by the engine that runs inside Envoy on the plan that Envoy would get.
    ///
    /// - Throws: `ControlPlaneError.notFound` when no zone serves the host.
    package func trace(_ request: EdgeRequest, at place: TracePlace) throws -> TraceAnswer {
        try store.read { tx in
            var snapshot = try Self.snapshot(in: tx)
            let zone = try Self.zone(serving: request.host, in: snapshot)
            var request = request
            var network = Network.production
            switch place {
            case .environment(let name):
                let environment = try Find.environment(name, in: tx)
                if let address = environment.stagingAddresses.first {
                    network = .lower
                    request.destinationAddress = request.destinationAddress ?? IPAddress(address)
                }
            case .version(let reference):
                let version = try Self.resolve(reference, in: tx)
                snapshot.versions[version.label] = try Self.content(of: version, in: tx)
                snapshot.routingRules = [
                    RoutingRule(
                        name: try Stream.name("as-asked"), expression: "true", application: version.application,
                        pinned: version.number)
                ]
            }
            let plan = PlanCompiler.compile(snapshot).0
            let plans = network == .production ? plan.production : plan.lower
            guard let zonePlan = plans.zones.first(where: { $0.name == zone.zone.name }) else {
                throw Find.noZone(zone.zone.name)
            }
            return try Self.answer(request, zonePlan, zone, snapshot)
        }
    }

    private static func answer(
        _ request: EdgeRequest, _ plan: ZonePlan, _ zone: EdgeSnapshot.ZoneContent, _ snapshot: EdgeSnapshot
    ) throws -> TraceAnswer {
        let explanation: Explanation
        do throws(PlanRefusal) {
            explanation = EdgeTrace.trace(try AcceptedPlan(plan), request)
        } catch {
            throw ControlPlaneError(
                .refused, at: "zone \(plan.name)", "the edge would refuse its plan: \(error.description)",
                remedy: "signalbox zone show \(plan.name)")
        }
        let chosen = snapshot.versions[explanation.label]?.configuration ?? zone.content.configuration
        var expressions: [String: [String: String]] = [:]
        for (phase, rules) in chosen.rules {
            expressions[phase.rawValue] = Dictionary(
                rules.map { ($0.ref, $0.expression) }, uniquingKeysWith: { first, _ in first })
        }
        return TraceAnswer(
            explanation: explanation, zone: plan.name, expressions: expressions,
            selectors: plan.selectors.map { "\($0.environment): \($0.routingRule)" })
    }

    /// The zone whose hosts name the host: an exact name before a wildcard, a longer wildcard before a shorter.
    static func zone(serving authority: String, in snapshot: EdgeSnapshot) throws -> EdgeSnapshot.ZoneContent {
        let bare = authority.hasPrefix("[") ? authority : String(authority.prefix { $0 != ":" })
        let host = HostName.normalized(bare, wildcard: false) ?? bare.lowercased()
        func rank(_ pattern: String) -> Int? {
            if pattern == host { return Int.max }
            guard pattern.hasPrefix("*."), host.hasSuffix(pattern.dropFirst()), host.utf8.count > pattern.utf8.count - 1
            else { return nil }
            return pattern.utf8.count
        }
        let best = snapshot.zones.compactMap { zone in zone.zone.hosts.compactMap(rank).max().map { ($0, zone) } }
            .max { $0.0 < $1.0 }
        guard let best else {
            throw ControlPlaneError(
                .notFound, at: "host \(host)", "no zone serves the host '\(host)'", remedy: "signalbox zone list")
        }
        return best.1
    }
}

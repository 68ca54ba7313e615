package import EdgeEngine
package import EdgeModel
internal import EdgePlan
internal import RulesLanguage

/// Where a traced request is thought to arrive.
package enum TracePlace: Hashable, Sendable {
    /// At an address of the environment: its staging address, or production's for one without.
    case environment(ResourceName)
    /// At this staging address.
    case stagingAddress(String)
    /// As if a routing rule had chosen this version.
    case version(VersionReference)
}

/// A trace with the texts that its spans point into.
package struct TraceAnswer: Hashable, Sendable {
    package var explanation: Explanation
    package var zone: String
    /// Expression of each rule of the configuration that was chosen, by phase and ref.
    package var expressions: [String: [String: String]]
    /// What each selector asked, in order: staging address, environment filter and routing rule, each for itself.
    package var selectors: [[TracedCondition]]
}

/// One condition of an effective rule, with the truth of its parts.
package struct TracedCondition: Hashable, Sendable {
    /// As its author wrote it.
    package var expression: String
    package var holds: Bool
    /// Spans point into `expression`.
    package var parts: [Explanation.Part]
}

extension ControlPlane {
    /// The decision path of one request, by the engine that runs inside Envoy on the plan that Envoy would get.
    ///
    /// - Throws: `ControlPlaneError.notFound` when no zone serves the host.
    ///
    /// - Parameter response: what the origin answers, for rules of the response.
    package func trace(
        _ request: EdgeRequest, at place: TracePlace, response: EdgeResponse = EdgeResponse()
    ) throws -> TraceAnswer {
        let tracer = try store.read { tx in
            try Self.tracer(of: Self.zone(serving: request.host, among: tx.zones()).name, at: place, in: tx)
        }
        return tracer.answer(request, response)
    }

    /// The same for any number of requests to one zone, which is compiled once.
    ///
    /// - Throws: `ControlPlaneError.notFound` when there is no such zone.
    package func tracer(of zone: String, at place: TracePlace) throws -> ZoneTracer {
        try store.read { try Self.tracer(of: zone, at: place, in: $0) }
    }

    private static func tracer(
        of name: String, at place: TracePlace, in tx: any StoreReading
    ) throws -> ZoneTracer {
        var snapshot = try snapshot(of: [name], in: tx)
        guard let zone = snapshot.zones.first else { throw Find.noZone(name, among: try tx.zones().map(\.name)) }
        var destination: IPAddress?
        var network = Network.production
        switch place {
        case .environment(let name):
            let environment = try Find.environment(name, in: tx)
            let reserved = Set(snapshot.reservations.map(\.address))
            let addresses = environment.stagingAddresses
            // The environment's own version answers on an address that nobody reserved.
            if let address = addresses.first(where: { !reserved.contains($0) }) ?? addresses.first {
                network = .lower
                destination = IPAddress(address)
            }
        case .stagingAddress(let address):
            guard snapshot.environments.contains(where: { $0.stagingAddresses.contains(address) }) else {
                throw ControlPlaneError(
                    .notFound, at: "staging address \(address)", "no environment has that address",
                    remedy: "signalbox staging list")
            }
            network = .lower
            destination = IPAddress(address)
        case .version(let reference):
            let version = try resolve(reference, in: tx)
            snapshot.versions[version.label] = try content(of: version, in: tx)
            snapshot.routingRules = [
                RoutingRule(
                    name: try Stream.name("as-asked"), expression: "true", application: version.application,
                    pinned: version.number)
            ]
        }
        let plan = PlanCompiler.compile(snapshot).0
        let plans = network == .production ? plan.production : plan.lower
        guard let zonePlan = plans.zones.first(where: { $0.name == zone.zone.name }) else {
            throw Find.noZone(zone.zone.name, among: [])
        }
        let rows = EffectiveRule.rows(snapshot).filter { network == .lower || !$0.isOnStagingAddress }
        return try ZoneTracer(zonePlan, of: zone, in: snapshot, rows, sentTo: destination)
    }

    /// The zone whose hosts name the host: an exact name before a wildcard, a longer wildcard before a shorter.
    static func zone(serving authority: String, among zones: [Zone]) throws -> Zone {
        let bare = authority.hasPrefix("[") ? authority : String(authority.prefix { $0 != ":" })
        let host = HostName.normalized(bare, wildcard: false) ?? bare.lowercased()
        guard let zone = HostPattern.best(of: zones, for: host, names: \.hosts) else {
            throw ControlPlaneError(
                .notFound, at: "host \(host)", "no zone serves the host '\(host)'", remedy: "signalbox zone list")
        }
        return zone
    }
}

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
    /// - Parameter zone: name of the zone that serves the host, where it is known.
    package func trace(
        _ request: EdgeRequest, at place: TracePlace, response: EdgeResponse = EdgeResponse(),
        in zone: String? = nil
    ) throws -> TraceAnswer {
        try store.read { tx in
            let name = try zone ?? Self.zone(serving: request.host, among: tx.zones()).name
            var snapshot = try Self.snapshot(of: [name], in: tx)
            guard let zone = snapshot.zones.first else { throw Find.noZone(name) }
            var request = request
            var network = Network.production
            switch place {
            case .environment(let name):
                let environment = try Find.environment(name, in: tx)
                let reserved = Set(snapshot.reservations.map(\.address))
                let addresses = environment.stagingAddresses
                // The environment's own version answers on an address that nobody reserved.
                if let address = addresses.first(where: { !reserved.contains($0) }) ?? addresses.first {
                    network = .lower
                    request.destinationAddress = request.destinationAddress ?? IPAddress(address)
                }
            case .stagingAddress(let address):
                guard snapshot.environments.contains(where: { $0.stagingAddresses.contains(address) }) else {
                    throw ControlPlaneError(
                        .notFound, at: "staging address \(address)", "no environment has that address",
                        remedy: "signalbox staging list")
                }
                network = .lower
                request.destinationAddress = IPAddress(address)
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
            let rows = EffectiveRule.rows(snapshot).filter { network == .lower || !$0.isOnStagingAddress }
            return try Self.answer(request, response, zonePlan, zone, snapshot, rows)
        }
    }

    private static func answer(
        _ request: EdgeRequest, _ response: EdgeResponse, _ plan: ZonePlan, _ zone: EdgeSnapshot.ZoneContent,
        _ snapshot: EdgeSnapshot,
        _ rows: [EffectiveRule]
    ) throws -> TraceAnswer {
        var explanation: Explanation
        do throws(PlanRefusal) {
            explanation = EdgeTrace.trace(try AcceptedPlan(plan), request, response: response)
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
        explanation.nameActions(as: chosen)
        return TraceAnswer(
            explanation: explanation, zone: plan.name, expressions: expressions,
            selectors: conditions(
                of: explanation.selectors, rows, plan, request, ProgramCompiler(lists: snapshot.lists.contents)))
    }

    /// Selectors are the rows that can hold in the zone, in the rows' order; names alone do not tell rows apart, since a
    /// reserved address has rows of its own.
    private static func conditions(
        of selectors: [Explanation.Selector], _ rows: [EffectiveRule], _ plan: ZonePlan, _ request: EdgeRequest,
        _ compiler: ProgramCompiler
    ) -> [[TracedCondition]] {
        var rest = rows[...]
        return selectors.map { selector in
            let index = rest.firstIndex {
                $0.environment.rawValue == selector.environment && $0.routingRule.rawValue == selector.routingRule
            }
            guard let index else { return [] }
            rest = rows[(index + 1)...]
            return conditions(of: selector, rows[index], plan, request, compiler)
        }
    }

    /// The conditions of a selector that was asked. The plan holds them joined and with the zone's name put in; here each
    /// is asked once more as it was written, by the same engine on the same request.
    private static func conditions(
        of selector: Explanation.Selector, _ row: EffectiveRule, _ plan: ZonePlan, _ request: EdgeRequest,
        _ compiler: ProgramCompiler
    ) -> [TracedCondition] {
        guard selector.holds != nil else { return [] }
        return row.conditions.compactMap { text in
            var single = plan
            guard let program = try? compiler.compile(Expression(text)) else { return nil }
            single.selectors = [
                SelectorPlan(
                    environment: selector.environment, routingRule: selector.routingRule, condition: program.bytes,
                    configuration: 0)
            ]
            guard let accepted = try? AcceptedPlan(single),
                let answer = EdgeTrace.trace(accepted, request).selectors.first, let holds = answer.holds
            else { return nil }
            return TracedCondition(expression: text, holds: holds, parts: answer.parts)
        }
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

extension Explanation {
    /// Actions under the names that the configuration gives them, in place of the engine's own.
    fileprivate mutating func nameActions(as configuration: Configuration) {
        for phase in phases.indices {
            let rules = configuration.rules.first { $0.key.rawValue == phases[phase].phase }?.value ?? []
            for index in phases[phase].rules.indices {
                let ref = phases[phase].rules[index].ref
                if let rule = rules.first(where: { $0.ref == ref }) { phases[phase].rules[index].action = rule.action }
            }
        }
    }
}

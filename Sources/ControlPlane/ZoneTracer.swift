package import EdgeEngine
internal import EdgeModel
internal import EdgePlan
internal import RulesLanguage

/// What one zone decides at one place: compiled and accepted once, asked as often as one likes.
package final class ZoneTracer: Sendable {
    private let zone: EdgeSnapshot.ZoneContent
    private let snapshot: EdgeSnapshot
    private let plan: ZonePlan
    private let accepted: AcceptedPlan
    /// Effective rules that can hold there.
    private let rows: [EffectiveRule]
    /// Where requests are sent to that name no destination.
    private let destination: IPAddress?

    /// - Throws: `ControlPlaneError.refused` when the edge would refuse the zone's plan.
    init(
        _ plan: ZonePlan, of zone: EdgeSnapshot.ZoneContent, in snapshot: EdgeSnapshot, _ rows: [EffectiveRule],
        sentTo destination: IPAddress?
    ) throws {
        do throws(PlanRefusal) {
            accepted = try AcceptedPlan(plan)
        } catch {
            throw ControlPlaneError(
                .refused, at: "zone \(plan.name)", "the edge would refuse its plan: \(error.description)",
                remedy: "signalbox zone show \(plan.name)")
        }
        (self.plan, self.zone, self.snapshot, self.rows) = (plan, zone, snapshot, rows)
        self.destination = destination
    }

    /// The decision path alone.
    ///
    /// - Parameter response: what the origin answers, for rules of the response.
    package func explanation(of request: EdgeRequest, _ response: EdgeResponse = EdgeResponse()) -> Explanation {
        EdgeTrace.trace(accepted, sent(request), response: response)
    }

    /// The decision path with the texts that it points into and the truth of each condition.
    package func answer(_ request: EdgeRequest, _ response: EdgeResponse = EdgeResponse()) -> TraceAnswer {
        var explanation = explanation(of: request, response)
        let chosen = snapshot.versions[explanation.label]?.configuration ?? zone.content.configuration
        var expressions: [String: [String: String]] = [:]
        for (phase, rules) in chosen.rules {
            expressions[phase.rawValue] = Dictionary(
                rules.map { ($0.ref, $0.expression) }, uniquingKeysWith: { first, _ in first })
        }
        explanation.nameActions(as: chosen)
        return TraceAnswer(
            explanation: explanation, zone: plan.name, expressions: expressions,
            selectors: conditions(of: explanation.selectors, sent(request)))
    }

    private func sent(_ request: EdgeRequest) -> EdgeRequest {
        var request = request
        request.destinationAddress = request.destinationAddress ?? destination
        return request
    }

    /// Selectors are the rows that can hold in the zone, in the rows' order; names alone do not tell rows apart, since a
    /// reserved address has rows of its own.
    private func conditions(
        of selectors: [Explanation.Selector], _ request: EdgeRequest
    ) -> [[TracedCondition]] {
        let compiler = ProgramCompiler(lists: snapshot.lists.contents)
        var rest = rows[...]
        return selectors.map { selector in
            let index = rest.firstIndex {
                $0.environment.rawValue == selector.environment && $0.routingRule.rawValue == selector.routingRule
            }
            guard let index else { return [] }
            rest = rows[(index + 1)...]
            return conditions(of: selector, rows[index], request, compiler)
        }
    }

    /// The conditions of a selector that was asked. The plan holds them joined and with the zone's name put in; here each
    /// is asked once more as it was written, by the same engine on the same request.
    private func conditions(
        of selector: Explanation.Selector, _ row: EffectiveRule, _ request: EdgeRequest, _ compiler: ProgramCompiler
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

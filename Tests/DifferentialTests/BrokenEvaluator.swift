import EdgeEngine
import EdgeModel
import EdgePlan
import RulesLanguage

/// An evaluator with one mistake. Each reads the rules otherwise than they are meant, which is what a broken evaluator
/// does: the mistake is made in the tree of every expression, in an action, or in the request, before the engine sees
/// it. The differential test must catch every one.
struct BrokenEvaluator: Sendable {
    let name: String
    /// Applied to each part of a condition or value, innermost first, with the phase of its rule.
    var node: @Sendable (RulesLanguage.Node, Phase?) -> RulesLanguage.Node = { node, _ in node }
    var plan: @Sendable (inout ConfigurationPlan) -> Void = { _ in }
    var zone: @Sendable (inout ZonePlan) -> Void = { _ in }
    var request: @Sendable (inout EdgeRequest) -> Void = { _ in }

    static let all = [
        BrokenEvaluator(
            name: "takes 'and' for 'or'",
            node: { node, _ in
                guard case .combining(.and, let parts) = node.kind else { return node }
                return RulesLanguage.Node.combining(.or, parts, span: node.span)
            }),
        BrokenEvaluator(
            name: "takes 'xor' for 'or'",
            node: { node, _ in
                guard case .combining(.xor, let parts) = node.kind else { return node }
                return RulesLanguage.Node.combining(.or, parts, span: node.span)
            }),
        BrokenEvaluator(
            name: "'ne' holds for what is missing",
            node: { node, _ in
                guard case .test(let value, .ordering(.notEqual, let literal)) = node.kind, !value.isEach else {
                    return node
                }
                let equal = RulesLanguage.Node(.test(value, .ordering(.equal, literal)), type: .bool, span: node.span)
                return RulesLanguage.Node(.not(equal), type: .bool, span: node.span)
            }),
        BrokenEvaluator(
            name: "'contains' ignores case",
            node: { node, _ in
                guard case .test(let value, .contains(let text)) = node.kind, !value.isEach else { return node }
                let lower = RulesLanguage.Node(.call(.lower, [value]), type: .bytes, span: node.span)
                return RulesLanguage.Node(
                    .test(lower, .contains(text.map { (65...90).contains($0) ? $0 | 32 : $0 })), type: .bool,
                    span: node.span)
            }),
        BrokenEvaluator(
            name: "networks are a bit too wide",
            node: { node, _ in
                guard case .test(let value, .inIPs(let ranges)) = node.kind else { return node }
                let wider = ranges.map { range -> IPRange in
                    guard let length = range.prefixLength, length > 0 else { return range }
                    return IPRange(network: range.first.masked(to: length - 1), prefixLength: length - 1) ?? range
                }
                return RulesLanguage.Node(.test(value, .inIPs(wider)), type: .bool, span: node.span)
            }),
        BrokenEvaluator(
            name: "ranges of numbers end before their last",
            node: { node, _ in
                guard case .test(let value, .inInts(let ranges)) = node.kind else { return node }
                let shorter = ranges.compactMap {
                    $0.lowerBound < $0.upperBound ? $0.lowerBound...($0.upperBound - 1) : nil
                }
                return RulesLanguage.Node(.test(value, .inInts(shorter)), type: .bool, span: node.span)
            }),
        BrokenEvaluator(
            name: "'strict wildcard' ignores case",
            node: { node, _ in
                guard case .test(let value, .wildcard(let pattern, true)) = node.kind else { return node }
                return RulesLanguage.Node(
                    .test(value, .wildcard(pattern, strict: false)), type: node.type, span: node.span)
            }),
        BrokenEvaluator(
            name: "'all' is 'any'",
            node: { node, _ in
                guard case .quantified(.all, let inner) = node.kind else { return node }
                return RulesLanguage.Node(.quantified(.any, inner), type: .bool, span: node.span)
            }),
        BrokenEvaluator(
            name: "rewrites are invisible to later phases",
            node: { node, phase in
                guard case .field(let id) = node.kind, phase != .transform, let raw = Self.raw[id] else { return node }
                return RulesLanguage.Node(.field(raw), type: node.type, isEach: node.isEach, span: node.span)
            }),
        BrokenEvaluator(
            name: "the last cookie of a name counts",
            request: { request in
                for index in request.headers.indices where request.headers[index].name.lowercased() == "cookie" {
                    let parts = request.headers[index].value.split(
                        separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
                    request.headers[index].value = Array(parts.reversed().joined(separator: [UInt8(ascii: ";")]))
                }
            }),
        BrokenEvaluator(
            name: "skips are ignored",
            plan: { plan in
                eachAction(&plan) { if case .skip = $0 { $0 = .log } }
            }),
        BrokenEvaluator(
            name: "redirects lose the query",
            plan: { plan in
                eachAction(&plan) {
                    if case .redirect(let target, let status, _) = $0 {
                        $0 = .redirect(target: target, status: status, preserveQueryString: false)
                    }
                }
            }),
        BrokenEvaluator(
            name: "header edits run backwards",
            plan: { plan in
                reverse(.lateTransform, &plan)
                reverse(.responseHeadersTransform, &plan)
            }),
        BrokenEvaluator(name: "the first route wins", plan: { reverse(.origin, &$0) }),
        BrokenEvaluator(name: "the first cache setting wins", plan: { reverse(.cacheSettings, &$0) }),
        BrokenEvaluator(
            name: "statuses have no lifetime of their own",
            plan: { plan in
                eachAction(&plan) { action in
                    guard case .cache(let settings) = action else { return }
                    action = .cache(settings.filter { if case .statusTTL = $0 { false } else { true } })
                }
            }),
        BrokenEvaluator(
            name: "every peer is trusted with the country",
            zone: {
                $0.trust.trustedPeers = ["0.0.0.0/0", "::/0"]
            }),
        BrokenEvaluator(
            name: "limits let one more through",
            plan: { plan in
                eachAction(&plan) {
                    guard case .limit(var limit) = $0 else { return }
                    limit.requests += 1
                    $0 = .limit(limit)
                }
            }),
        BrokenEvaluator(
            name: "limits count responses that do not count",
            plan: { plan in
                eachAction(&plan) {
                    guard case .limit(var limit) = $0, limit.counting?.atResponse == true else { return }
                    limit.counting = nil
                    $0 = .limit(limit)
                }
            }),
        BrokenEvaluator(
            name: "pictures are everybody's",
            plan: { plan in eachAction(&plan) { if case .configure = $0 { $0 = .log } } }),
        BrokenEvaluator(name: "the last selector that holds decides", zone: { $0.selectors.reverse() }),
    ]

    private static let raw: [FieldID: FieldID] = [
        .uri: .rawURI, .path: .rawPath, .query: .rawQuery, .pathExtension: .rawPathExtension, .fullURI: .rawFullURI,
        .args: .rawArgs, .argsNames: .rawArgsNames, .argsValues: .rawArgsValues,
    ]

    private static func eachAction(_ plan: inout ConfigurationPlan, _ change: (inout ActionPlan) -> Void) {
        for phase in plan.phases.indices {
            for rule in plan.phases[phase].rules.indices { change(&plan.phases[phase].rules[rule].action) }
        }
    }

    private static func reverse(_ phase: Phase, _ plan: inout ConfigurationPlan) {
        for index in plan.phases.indices where plan.phases[index].phase == phase { plan.phases[index].rules.reverse() }
    }

    // MARK: the whole edge

    /// The plan as this evaluator understands the snapshot.
    func plan(of snapshot: EdgeSnapshot) -> EdgePlan {
        var snapshot = snapshot
        for index in snapshot.zones.indices { change(&snapshot.zones[index].content.configuration) }
        for key in snapshot.versions.keys {
            if var content = snapshot.versions[key] {
                change(&content.configuration)
                snapshot.versions[key] = content
            }
        }
        var plan = PlanCompiler.compile(snapshot).0
        change(&plan.production)
        change(&plan.lower)
        return plan
    }

    private func change(_ network: inout NetworkPlan) {
        for index in network.zones.indices {
            zone(&network.zones[index])
            for place in network.zones[index].configurations.indices {
                plan(&network.zones[index].configurations[place])
            }
        }
    }

    private func change(_ configuration: inout Configuration) {
        for phase in Phase.allCases {
            configuration.rules[phase] = configuration.rules[phase]?.map { rule in
                var rule = rule
                rule.expression = changed(rule.expression, .filter, phase)
                rule.parameters = rule.parameters.map { changed($0, phase) }
                return rule
            }
        }
    }

    private func changed(_ value: DocumentValue, _ phase: Phase) -> DocumentValue {
        switch value {
        case .array(let items): .array(items.map { changed($0, phase) })
        case .object(let members):
            .object(
                members.map { member in
                    if member.key == "expression", case .string(let text) = member.value {
                        return DocumentMember(member.key, .string(changed(text, .value, phase)))
                    }
                    return DocumentMember(member.key, changed(member.value, phase))
                })
        default: value
        }
    }

    private func changed(_ text: String, _ mode: Expression.Mode, _ phase: Phase) -> String {
        guard let expression = try? Expression(text, mode: mode) else { return text }
        let root = changed(expression.root, phase)
        // What did not change keeps its text, and what a mistake made unsayable stays as it was.
        guard root != expression.root else { return text }
        let new = Expression(unchecked: root, mode: mode).text
        return (try? Expression(new, mode: mode)) == nil ? text : new
    }

    private func changed(_ node: RulesLanguage.Node, _ phase: Phase) -> RulesLanguage.Node {
        var result = node
        switch node.kind {
        case .constant, .field, .literal, .regex, .wildcard: break
        case .not(let inner): result.kind = .not(changed(inner, phase))
        case .combining(let operation, let parts): result.kind = .combining(operation, parts.map { changed($0, phase) })
        case .test(let value, let comparison): result.kind = .test(changed(value, phase), comparison)
        case .quantified(let quantifier, let inner): result.kind = .quantified(quantifier, changed(inner, phase))
        case .index(let inner, let index): result.kind = .index(changed(inner, phase), index)
        case .call(let function, let arguments): result.kind = .call(function, arguments.map { changed($0, phase) })
        }
        return self.node(result, phase)
    }
}

internal import EdgePlan
internal import RulesLanguage

/// Writes down what the engine does, for people. Costs allocations; the edge does without.
package final class Recorder {
    package private(set) var explanation = Explanation()
    private var buffer = ExplanationBuffer()
    private var parts: [Explanation.Part] = []
    private var skipper: [UInt32: String] = [:]
    private var order: [String] = []
    private var settings: [String: Explanation.Setting] = [:]
    /// The rule that ended the request, where it is not the last that matched.
    private var terminator: String?
    /// Whether edits now belong to the response.
    var isResponse = false

    package init() {}

    func explaining<Result>(_ evaluate: (UnsafeMutablePointer<ExplanationBuffer>) -> Result) -> Result {
        buffer.removeAll()
        let result = withUnsafeMutablePointer(to: &buffer) { evaluate($0) }
        parts = buffer.entries().map {
            let truth: Explanation.Part.Truth =
                switch $0.truth {
                case .no: .no
                case .yes: .yes
                case .missing: .missing
                }
            return Explanation.Part(start: Int($0.start), end: Int($0.end), truth: truth)
        }
        return result
    }

    private func text(_ bytes: UnsafeRawBufferPointer?) -> String { EdgeEngine.text(bytes) }

    // MARK: selection

    func begin(_ plan: ZonePlanView, _ request: RequestPicture, _ workspace: borrowing Workspace) {
        explanation.zone = text(plan.name)
        explanation.request = Explanation.Request(
            method: text(request.method), host: text(workspace.host), path: text(workspace.uri.path),
            query: text(workspace.uri.query), clientAddress: request.clientAddress.map { "\($0)" },
            destinationAddress: request.destinationAddress.map { "\($0)" })
        explanation.configurations = [pair(plan, 0)]
    }

    private func pair(_ plan: ZonePlanView, _ configuration: Int) -> String {
        "\(plan.account):\(plan.configuration(configuration).id)"
    }

    func tried(_ selector: SelectorRow, _ holds: Bool?, _ plan: ZonePlanView) {
        explanation.selectors.append(
            Explanation.Selector(
                environment: text(selector.environment), routingRule: text(selector.routingRule),
                configuration: pair(plan, selector.configuration), holds: holds, parts: holds == nil ? [] : parts))
    }

    func selectionEnded(_ plan: ZonePlanView) {
        for index in explanation.selectors.count..<plan.selectorCount { tried(plan.selector(index), nil, plan) }
    }

    func selected(_ plan: borrowing AcceptedPlan, _ decision: borrowing Decision) {
        if let index = decision.selector {
            let selector = plan.view.selector(index)
            explanation.environment = text(selector.environment)
            explanation.routingRule = text(selector.routingRule)
        }
        if decision.configuration != 0 {
            explanation.configurations.append(pair(plan.view, decision.configuration))
        }
        let row = plan.view.configuration(decision.configuration)
        explanation.application = row.application.map { text($0) }
        explanation.version = row.version.map { Int($0) }
        explanation.label = text(plan.label(decision.configuration))
        if let origin = row.defaultOrigin { set("origin", text(origin), by: "settings") }
    }

    // MARK: phases

    func begin(_ phase: PhaseRow, isSkipped: Bool) {
        let name = Phase.ordered.indices.contains(phase.number) ? Phase.ordered[phase.number].rawValue : ""
        explanation.phases.append(
            Explanation.PhaseStep(phase: name, skippedBy: isSkipped ? skipper[phase.bit] : nil, rules: []))
    }

    func evaluated(_ rule: RuleRow, _ matches: Bool) { append(rule, matches ? .matched : .notMatched, parts) }

    func passed(_ rule: RuleRow) { append(rule, .notEvaluated, []) }

    private func append(_ rule: RuleRow, _ state: Explanation.Rule.State, _ parts: [Explanation.Part]) {
        guard let last = explanation.phases.indices.last else { return }
        explanation.phases[last].rules.append(
            Explanation.Rule(ref: text(rule.ref), action: "\(rule.kind)", state: state, parts: parts, effects: []))
    }

    func effect(_ sentence: @autoclosure () -> String) {
        guard let phase = explanation.phases.indices.last, let rule = explanation.phases[phase].rules.indices.last
        else { return }
        explanation.phases[phase].rules[rule].effects.append(sentence())
    }

    func skips(_ rule: RuleRow) {
        if rule.skipsRestOfPhase { effect("passes over the rest of the phase") }
        for phase in Phase.ordered where rule.skippedPhases & phase.bit != 0 {
            if skipper[phase.bit] == nil { skipper[phase.bit] = text(rule.ref) }
            effect("passes over \(phase.rawValue)")
        }
    }

    /// A limit that was not exceeded.
    func counts(_ limit: PlannedLimit, _ isCounted: Bool) {
        let when = limit.row.countsAtResponse ? "counts the response if it is one of those" : "counts the request"
        let by = limit.characteristics
        if isCounted || limit.row.countsAtResponse { effect("\(when), by \(by)") }
        let numbers = "more than \(limit.requests) in \(limit.period / 1_000) s"
        effect(limit.row.status.map { "\(numbers) are answered with \($0)" } ?? "\(numbers) are logged")
    }

    func refusedHotlink(_ rule: RuleRow, _ host: UnsafeRawBufferPointer) {
        let ref = text(rule.ref)
        terminator = ref
        guard let phase = explanation.phases.indices.last,
            let index = explanation.phases[phase].rules.lastIndex(where: { $0.ref == ref })
        else { return }
        explanation.phases[phase].rules[index].effects.append(
            "ends the request with 403: a page on \(text(host)) shows the picture")
    }

    // MARK: settings and edits

    func set(_ name: String, _ value: UnsafeRawBufferPointer, _ rule: RuleRow) {
        set(name, text(value), by: text(rule.ref))
        effect("\(name) set to \(text(value))")
    }

    func set(_ setting: CacheSettingPlan, _ rule: RuleRow) {
        let (name, value): (String, String) =
            switch setting {
            case .eligible(let eligible): ("cache", "\(eligible)")
            case .edgeTTL(let seconds): ("edge_ttl", lifetime(seconds))
            case .browserTTL(let seconds): ("browser_ttl", lifetime(seconds))
            case .statusTTL(let first, let last, let seconds):
                ("edge_ttl of \(first == last ? "\(first)" : "\(first)-\(last)")", lifetime(seconds))
            case .staleWhileUpdating(let allowed): ("stale while updating", "\(allowed)")
            case .key(let text): ("cache_key", text)
            }
        set(name, value, by: text(rule.ref))
        effect("\(name) set to \(value)")
    }

    private func lifetime(_ seconds: Int) -> String {
        switch seconds {
        case CacheSettingPlan.asOrigin: "respect_origin"
        case CacheSettingPlan.asOriginOrNone: "bypass_by_default"
        default: "\(seconds)"
        }
    }

    private func set(_ name: String, _ value: String, by setter: String) {
        if var known = settings[name] {
            known.overridden.append(Explanation.Setting.Earlier(value: known.value, setBy: known.setBy))
            (known.value, known.setBy) = (value, setter)
            settings[name] = known
        } else {
            order.append(name)
            settings[name] = Explanation.Setting(name: name, value: value, setBy: setter, overridden: [])
        }
    }

    func edited(_ edit: HeaderEdit, bySettings: Bool = false) {
        let rule = explanation.phases.last?.rules.last?.ref ?? ""
        let value = edit.operation == .remove ? nil : text(edit.value)
        let written = Explanation.Edit(
            operation: "\(edit.operation)", name: text(edit.name), value: value, setBy: bySettings ? "settings" : rule)
        if isResponse {
            explanation.responseEdits.append(written)
        } else {
            explanation.requestEdits.append(written)
        }
        if !bySettings { effect("\(edit.operation) header \(text(edit.name))" + (value.map { ": \($0)" } ?? "")) }
    }

    func editedResponse(_ edit: HeaderEdit) {
        isResponse = true
        edited(edit, bySettings: true)
    }

    // MARK: end

    func finish(_ workspace: borrowing Workspace, _ configuration: ConfigurationRow) {
        explanation.settings = order.compactMap { settings[$0] }
        explanation.refusedValues = workspace.decision.refusedValues
        var outcome = Explanation.Outcome(kind: .forward)
        switch workspace.decision.outcome {
        case .forward:
            outcome.origin = text(workspace.decision.origin)
            outcome.hostHeader = workspace.decision.hostHeader.map { text($0) }
            outcome.path = text(workspace.uri.whole)
        case .noOrigin:
            outcome.kind = .noOrigin
            outcome.status = 503
        case .redirect:
            outcome.kind = .redirect
            outcome.status = workspace.decision.status
            outcome.location = text(workspace.decision.location)
        case .block:
            outcome.kind = .block
            outcome.status = workspace.decision.status
            outcome.contentType = text(workspace.decision.contentType)
            outcome.body = text(workspace.decision.body)
        }
        if workspace.decision.terminatingRule != nil {
            let rules = explanation.phases.flatMap(\.rules)
            outcome.rule = terminator ?? rules.last { $0.state == .matched }?.ref
        }
        explanation.outcome = outcome
    }

    func finishResponse(_ workspace: borrowing Workspace) {
        explanation.refusedValues = workspace.decision.refusedValues
    }
}

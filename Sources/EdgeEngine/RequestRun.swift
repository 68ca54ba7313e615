internal import EdgePlan

/// The request phases of one request.
struct RequestRun {
    typealias Bytes = UnsafeRawBufferPointer

    let request: RequestPicture
    let limits: LimitPort
    let recorder: Recorder?

    /// What the configuration and the trust settings say before any rule.
    func prepare(
        _ plan: borrowing AcceptedPlan, _ configuration: UnsafePointer<PlannedConfiguration>,
        _ workspace: inout Workspace
    ) {
        if let country = plan.view.countryHeader, !workspace.trustsCountry(request, plan.view) {
            workspace.decision.requestEdits.append(HeaderEdit(name: country, operation: .remove, value: .empty))
            recorder?.edited(HeaderEdit(name: country, operation: .remove, value: .empty), bySettings: true)
        }
        if let name = configuration.pointee.clientHostHeader {
            let edit = HeaderEdit(name: name, operation: .set, value: workspace.host)
            // The host came from the client; Envoy refuses such bytes itself, and this must not depend on it.
            guard HeaderNames.isSafeValue(workspace.host) else { return }
            workspace.decision.requestEdits.append(edit)
            recorder?.edited(edit, bySettings: true)
        }
    }

    func run(
        _ plan: borrowing AcceptedPlan, _ phase: UnsafePointer<PlannedPhase>, _ workspace: inout Workspace
    ) {
        let isOver = workspace.decision.terminatingRule != nil
        let isSkipped = workspace.decision.skippedPhases & phase.pointee.bit != 0
        recorder?.begin(phase.pointee.row, isSkipped: isSkipped && !isOver)
        var isPassedOver = isOver || isSkipped
        let countsApart =
            phase.pointee.number == Phase.rateLimit.order
            && plan.configuration(workspace.decision.configuration).pointee.countsApart
        let rules = phase.pointee.rules
        var next = rules.lowerBound
        while next < rules.upperBound {
            // A record has every rule in it.
            if recorder == nil, !isPassedOver {
                next =
                    countsApart
                    ? plan.nextRuleOrCount(next, rules.upperBound, workspace)
                    : plan.nextRule(next, rules.upperBound, workspace)
            }
            guard next < rules.upperBound else { return }
            let number = next
            next &+= 1
            let rule = plan.rule(number)
            if isPassedOver {
                if recorder == nil { return }
                recorder?.passed(rule.pointee.row)
                continue
            }
            let matches = EdgeEngine.holds(rule.pointee.condition, &workspace, recorder)
            recorder?.evaluated(rule.pointee.row, matches)
            if rule.pointee.kind == .limit {
                isPassedOver = limit(rule.pointee.row, number, matches, plan, &workspace)
                continue
            }
            guard matches else { continue }
            workspace.decision.matched.append(number)
            isPassedOver = apply(rule.pointee.row, number, plan, &workspace)
        }
    }

    /// - Returns: whether the rest of the phase is passed over.
    private func apply(
        _ rule: RuleRow, _ number: Int, _ plan: borrowing AcceptedPlan, _ workspace: inout Workspace
    ) -> Bool {
        switch rule.kind {
        case .redirect: return redirect(rule, number, plan, &workspace)
        case .block:
            workspace.decision.outcome = .block
            workspace.decision.terminatingRule = number
            workspace.decision.status = rule.status
            workspace.decision.contentType = EdgeEngine.bytes(rule.first, plan, &workspace) ?? .empty
            workspace.decision.body = EdgeEngine.bytes(rule.second, plan, &workspace) ?? .empty
            recorder?.effect("ends the request with \(rule.status)")
            return true
        case .rewrite: rewrite(rule, plan, &workspace)
        case .route:
            if let host = EdgeEngine.ownBytes(rule.first, plan, &workspace) {
                workspace.decision.hostHeader = host
                recorder?.set("host_header", host, rule)
            }
            if let origin = EdgeEngine.ownBytes(rule.second, plan, &workspace) {
                workspace.decision.origin = origin
                recorder?.set("origin", origin, rule)
            }
        case .skip:
            workspace.decision.skippedPhases |= rule.skippedPhases
            recorder?.skips(rule)
            return rule.skipsRestOfPhase
        case .log: recorder?.effect("logged")
        case .editRequestHeaders:
            EdgeEngine.collect(rule.list, plan, &workspace, recorder) { $0.requestEdits.append($1) }
        case .cache:
            for index in rule.list {
                let row = plan.view.cacheSetting(index)
                workspace.decision.cache.apply(row, index)
                recorder?.set(row.setting, rule)
            }
        case .configure: configure(rule, number, &workspace)
        case .editResponseHeaders, .limit: break
        }
        return false
    }

    private func redirect(
        _ rule: RuleRow, _ number: Int, _ plan: borrowing AcceptedPlan, _ workspace: inout Workspace
    ) -> Bool {
        guard let target = EdgeEngine.bytes(rule.first, plan, &workspace), !target.isEmpty,
            HeaderNames.isSafeValue(target),
            let location = rule.preservesQueryString ? withQuery(target, &workspace) : target
        else {
            // Without a place to go to the rule cannot do what it says; going on is what a missing value means.
            workspace.decision.refusedValues &+= 1
            recorder?.effect("no redirect: its target is missing, empty or holds control characters")
            return false
        }
        workspace.decision.outcome = .redirect
        workspace.decision.terminatingRule = number
        workspace.decision.status = rule.status
        workspace.decision.location = location
        recorder?.effect("ends the request with \(rule.status) to \(EdgeEngine.text(location))")
        return true
    }

    /// The target with the request's query: after `?`, or after `&` when the target has a query of its own, and before
    /// a fragment.
    private func withQuery(_ target: Bytes, _ workspace: inout Workspace) -> Bytes? {
        let query = workspace.uri.query
        guard !query.isEmpty else { return target }
        let end = target.place(of: UInt8(ascii: "#")) ?? target.count
        let head = target.slice(0, end)
        let separator: StaticString = head.place(of: UInt8(ascii: "?")) == nil ? "?" : "&"
        return workspace.arena.join(head, Bytes(separator), query, target.slice(end, target.count))
    }

    private func rewrite(_ rule: RuleRow, _ plan: borrowing AcceptedPlan, _ workspace: inout Workspace) {
        let path = EdgeEngine.bytes(rule.first, plan, &workspace)
        let query = EdgeEngine.bytes(rule.second, plan, &workspace)
        guard path != nil || query != nil else {
            recorder?.effect("nothing rewritten: the value is missing")
            return
        }
        guard workspace.uri.rewrite(path: path, query: query, &workspace.arena) else {
            workspace.decision.refusedValues &+= 1
            recorder?.effect("nothing rewritten: a path begins with '/'")
            return
        }
        workspace.fillURI(plan.requestFields, request)
        if path != nil { recorder?.set("path", workspace.uri.path, rule) }
        if query != nil { recorder?.set("query", workspace.uri.query, rule) }
    }

    func finish(_ configuration: UnsafePointer<PlannedConfiguration>, _ workspace: inout Workspace) {
        if workspace.decision.terminatingRule == nil {
            if workspace.uri.isRewritten { workspace.decision.path = workspace.arena.copy(workspace.uri.whole) }
            if workspace.decision.origin == nil { workspace.decision.origin = configuration.pointee.defaultOrigin }
            if workspace.decision.origin == nil { workspace.decision.outcome = .noOrigin }
        }
        recorder?.finish(workspace, configuration.pointee.row)
    }
}

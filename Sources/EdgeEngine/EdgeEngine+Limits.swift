internal import EdgePlan
internal import RulesLanguage

/// Rate limits. A request that a rule's condition matches is refused when with it there would be more than the limit
/// says; one that is let through is counted. With a counting expression that decides what counts instead, also among
/// requests that the condition does not match, and for responses when they are there.
///
/// A refused request counts for none of its rule's limits, so whoever keeps asking gets as many through as the limit
/// allows; rules before the one that refuses have counted it already. A request that was answered before its limit was
/// reached, and a response of the edge itself to such a request, count for nothing.
extension RequestRun {
    /// A rule of the rate limit phase.
    ///
    /// - Parameter matches: whether the rule's condition holds.
    /// - Returns: whether the request ends.
    func limit(
        _ rule: RuleRow, _ number: Int, _ matches: Bool, _ plan: borrowing AcceptedPlan, _ workspace: inout Workspace
    ) -> Bool {
        let limit = plan.limit(rule.limitNumber)
        var counts = matches
        if let program = limit.row.counting {
            counts = !limit.row.countsAtResponse && EdgeEngine.holds(plan.condition(program), &workspace, recorder)
        }
        guard matches || counts else { return false }
        guard !limits.isNone else {
            recorder?.counts(limit, counts)
            return false
        }
        var question = limit.question(request, plan, &workspace, counts: counts, acts: matches)
        limits.ask(&question)
        guard question.isOver else {
            recorder?.counts(limit, counts)
            return false
        }
        workspace.decision.matched.append(number)
        recorder?.effect("more than \(limit.requests) in \(limit.period / 1_000) s by \(limit.characteristics)")
        guard let status = limit.row.status else {
            recorder?.effect("logged")
            return false
        }
        workspace.decision.outcome = .block
        workspace.decision.terminatingRule = number
        workspace.decision.status = status
        workspace.decision.contentType = limit.row.contentType ?? .empty
        workspace.decision.body = limit.row.body ?? .empty
        workspace.decision.retryAfter = workspace.arena.decimal(Int((max(question.wait, 1) &+ 999) / 1_000))
        recorder?.effect("ends the request with \(status)")
        return true
    }
}

extension EdgeEngine {
    /// Counts a response for the limits that ask for it.
    static func count(
        _ plan: borrowing AcceptedPlan, _ phases: Range<Int>, _ request: RequestPicture,
        _ workspace: inout Workspace, _ limits: LimitPort
    ) {
        for phase in phases where plan.phase(phase).pointee.number == Phase.rateLimit.order {
            for number in plan.phase(phase).pointee.rules {
                let rule = plan.rule(number)
                guard rule.pointee.kind == .limit else { continue }
                let limit = plan.limit(rule.pointee.row.limitNumber)
                guard limit.row.countsAtResponse, let program = limit.row.counting,
                    holds(plan.condition(program), &workspace, nil)
                else { continue }
                var question = limit.question(request, plan, &workspace, counts: true, acts: false)
                limits.ask(&question)
            }
        }
    }
}

extension PlannedLimit {
    func question(
        _ request: RequestPicture, _ plan: borrowing AcceptedPlan, _ workspace: inout Workspace, counts: Bool,
        acts: Bool
    ) -> LimitQuestion {
        let environment = workspace.decision.selector.flatMap { plan.view.selector($0).environment }
        return LimitQuestion(
            key: key(request, environment, &workspace), now: request.seconds &* 1_000 &+ request.milliseconds,
            period: period, requests: requests, mitigation: mitigation, counts: counts, acts: acts)
    }
}

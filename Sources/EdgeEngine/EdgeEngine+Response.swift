internal import EdgePlan
internal import RulesLanguage

/// What a response needs to know of the decision that was made for its request.
package struct ResponseTicket: BitwiseCopyable {
    package var configuration: Int
    /// The selector that held.
    package var selector: Int?
    package var skippedPhases: UInt32
    package var cache: CacheDecision

    package init(_ decision: borrowing Decision) {
        configuration = decision.configuration
        selector = decision.selector
        skippedPhases = decision.skippedPhases
        cache = decision.cache
    }
}

extension EdgeEngine {
    /// Puts a request back into a workspace that was used for others since.
    ///
    /// - Parameter rewritten: its `:path` after rewrites; nil when there were none.
    package static func resume(
        _ plan: borrowing AcceptedPlan, _ ticket: ResponseTicket, _ request: RequestPicture,
        rewritten: UnsafeRawBufferPointer?, _ workspace: inout Workspace
    ) {
        workspace.begin(request, needsHost: plan.needs.hostAtResponse)
        workspace.decision.configuration = ticket.configuration
        workspace.decision.selector = ticket.selector
        workspace.decision.skippedPhases = ticket.skippedPhases
        workspace.decision.cache = ticket.cache
        guard let rewritten else { return }
        workspace.uri = RequestURI(rewritten)
        workspace.uri.original = request.path
        workspace.uri.isRewritten = true
    }

    /// The response edits of a configuration without response rules: cache settings and the version header.
    package static func respondBySettings(
        _ plan: borrowing AcceptedPlan, _ ticket: ResponseTicket, _ response: ResponsePicture,
        _ workspace: inout Workspace
    ) {
        workspace.decision.clear()
        workspace.arena.reset()
        workspace.decision.configuration = ticket.configuration
        workspace.decision.cache = ticket.cache
        addSettings(plan, response, &workspace, nil)
    }

    /// Runs the response rules; the result is `workspace.decision.responseEdits`, and the rules that matched are added
    /// to `matched`; a response that a rate limit asks for is counted. Edits come in this order: cache settings, the version header, the rules' own.
    package static func respond(
        _ plan: borrowing AcceptedPlan, _ request: RequestPicture, _ response: ResponsePicture,
        _ workspace: inout Workspace, limits: LimitPort = .none, recorder: Recorder? = nil
    ) {
        workspace.decision.responseEdits.removeAll()
        let configuration = plan.configuration(workspace.decision.configuration)
        let counts =
            configuration.pointee.countsResponses && workspace.decision.terminatingRule == nil
            && workspace.decision.skippedPhases & Phase.rateLimit.bit == 0
        if counts || configuration.pointee.responsePhase != nil {
            workspace.fill(plan.responseFields, request, plan.view)
            workspace.fill(plan.responseFields, response)
        }
        if counts { count(plan, configuration.pointee.requestPhases, request, &workspace, limits) }
        addSettings(plan, response, &workspace, recorder)
        if let phase = configuration.pointee.responsePhase { runResponsePhase(phase, plan, &workspace, recorder) }
        recorder?.finishResponse(workspace)
    }

    private static func addSettings(
        _ plan: borrowing AcceptedPlan, _ response: ResponsePicture, _ workspace: inout Workspace,
        _ recorder: Recorder?
    ) {
        if workspace.decision.cache.changesResponse { addCacheEdits(plan, response, &workspace, recorder) }
        if let name = plan.configuration(workspace.decision.configuration).pointee.versionHeader {
            let edit = HeaderEdit(name: name, operation: .set, value: plan.label(workspace.decision.configuration))
            workspace.decision.responseEdits.append(edit)
            recorder?.editedResponse(edit)
        }
    }

    private static func runResponsePhase(
        _ phase: PlannedPhase, _ plan: borrowing AcceptedPlan, _ workspace: inout Workspace, _ recorder: Recorder?
    ) {
        var isPassedOver = workspace.decision.skippedPhases & phase.bit != 0
        recorder?.begin(phase.row, isSkipped: isPassedOver)
        let rules = phase.rules
        var next = rules.lowerBound
        while next < rules.upperBound {
            if recorder == nil, !isPassedOver { next = plan.nextRule(next, rules.upperBound, workspace) }
            guard next < rules.upperBound else { return }
            let number = next
            next &+= 1
            let rule = plan.rule(number)
            if isPassedOver {
                if recorder == nil { return }
                recorder?.passed(rule.pointee.row)
                continue
            }
            let matches = holds(rule.pointee.condition, &workspace, recorder)
            recorder?.evaluated(rule.pointee.row, matches)
            guard matches else { continue }
            workspace.decision.matched.append(number)
            switch rule.pointee.kind {
            case .editResponseHeaders:
                recorder?.isResponse = true
                collect(rule.pointee.list, plan, &workspace, recorder) { $0.responseEdits.append($1) }
            case .skip:
                isPassedOver = rule.pointee.row.skipsRestOfPhase
                recorder?.skips(rule.pointee.row)
            default: recorder?.effect("logged")
            }
        }
    }

    /// Cache settings as headers. Lifetimes are not put on answers of 500 and above, unless a rule names their status: an
    /// outage must not be kept.
    private static func addCacheEdits(
        _ plan: borrowing AcceptedPlan, _ response: ResponsePicture, _ workspace: inout Workspace,
        _ recorder: Recorder?
    ) {
        let cache = workspace.decision.cache
        func add(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
            let edit = HeaderEdit(name: UnsafeRawBufferPointer(name), operation: .set, value: value)
            workspace.decision.responseEdits.append(edit)
            recorder?.editedResponse(edit)
        }
        func lifetime(_ seconds: Int) -> UnsafeRawBufferPointer {
            switch seconds {
            case -1: return UnsafeRawBufferPointer("no-store")
            case 0: return UnsafeRawBufferPointer("no-cache")
            default:
                let number = workspace.arena.decimal(seconds)
                return workspace.arena.join(UnsafeRawBufferPointer("max-age="), number)
                    ?? UnsafeRawBufferPointer("no-cache")
            }
        }
        if cache.isEligible == false {
            add("cache-control", UnsafeRawBufferPointer("no-store"))
            add("x-edge-cache", UnsafeRawBufferPointer("bypass"))
        }
        if let seconds = cache.edgeTTL(response, plan.view) {
            var value = lifetime(seconds)
            if seconds > 0, cache.staleWhileUpdating == false {
                value = workspace.arena.join(value, UnsafeRawBufferPointer(", stale-while-revalidate=0")) ?? value
            }
            add("cdn-cache-control", value)
        }
        guard response.status < 500 else { return }
        if let seconds = cache.browserTTL, cache.isEligible != false { add("cache-control", lifetime(seconds)) }
    }
}

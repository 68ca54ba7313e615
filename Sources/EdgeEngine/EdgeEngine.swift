internal import EdgePlan
internal import RulesLanguage

/// Plan and request in, decision out: the one evaluator for trace, tests and the edge. Pure: no clock, no I/O.
///
/// Call `decide` once, then `respond` when a response is at hand (the origin's or the edge's own). If the workspace was
/// used for another request in between, `resume` puts this one back first.
package enum EdgeEngine {
    /// Runs selectors and request phases; the result is `workspace.decision`.
    ///
    /// Selectors are tried in order, the first that holds chooses the configuration, else it is the zone's own. Phases
    /// run in execution order, rules in theirs: redirect and block end the request; rewrites apply one after another
    /// and later conditions see them (`raw.…` and `http.host` do not change); route and cache settings merge and the
    /// last match wins; header edits are collected in order and conditions do not see them. A value that is missing
    /// leaves its part as it was; one that cannot be used (control characters in a header, a path without `/` in front, an
    /// empty redirect target) is left out and counted. Rate limits ask `limits` and end the request when it is one too many.
    package static func decide(
        _ plan: borrowing AcceptedPlan, _ request: RequestPicture, _ workspace: inout Workspace,
        limits: LimitPort = .none, recorder: Recorder? = nil
    ) {
        workspace.begin(request)
        workspace.fill(plan.requestFields, request, plan.view)
        recorder?.begin(plan.view, request, workspace)
        select(plan, &workspace, recorder)
        let configuration = plan.configuration(workspace.decision.configuration)
        recorder?.selected(plan, workspace.decision)
        let run = RequestRun(request: request, limits: limits, recorder: recorder)
        run.prepare(plan, configuration, &workspace)
        for index in configuration.pointee.requestPhases {
            let phase = plan.phase(index)
            run.run(plan, phase, &workspace)
            if phase.pointee.number == Phase.configSettings.order { run.refuseHotlink(plan, &workspace) }
            if workspace.decision.terminatingRule != nil, recorder == nil { return }
        }
        run.finish(configuration, &workspace)
    }

    private static func select(
        _ plan: borrowing AcceptedPlan, _ workspace: inout Workspace, _ recorder: Recorder?
    ) {
        var index = 0
        while index < plan.view.selectorCount {
            if recorder == nil { index = plan.nextSelector(index, workspace) }
            guard index < plan.view.selectorCount else { break }
            let selector = plan.view.selector(index)
            let holds = holds(plan.condition(selector.program), &workspace, recorder)
            recorder?.tried(selector, holds, plan.view)
            if holds {
                workspace.decision.selector = index
                workspace.decision.configuration = selector.configuration
                break
            }
            index &+= 1
        }
        recorder?.selectionEnded(plan.view)
    }

    @inline(__always)
    static func holds(
        _ condition: PlannedCondition, _ workspace: inout Workspace, _ recorder: Recorder?
    ) -> Bool {
        guard let recorder else {
            return condition.isAlways
                || Evaluator.matches(
                    condition.program, workspace.fields, regexes: condition.regexes, scratch: &workspace.scratch)
        }
        return recorder.explaining { buffer in
            Evaluator.matches(
                condition.program, workspace.fields, regexes: condition.regexes, scratch: &workspace.scratch,
                explanation: buffer)
        }
    }

    /// The bytes of a value; nil when there are none.
    static func bytes(
        _ value: ValueView, _ plan: borrowing AcceptedPlan, _ workspace: inout Workspace
    ) -> UnsafeRawBufferPointer? {
        switch value {
        case .none: nil
        case .literal(let bytes): bytes
        case .program(let program):
            Evaluator.bytes(
                plan.view.program(program), workspace.fields, regexes: plan.regexBase(program),
                scratch: &workspace.scratch)
        }
    }

    /// The same in memory that does not belong to the message: a computed value may be a piece of a header, and the
    /// caller changes the headers one after another. Missing too when the arena is full.
    static func ownBytes(
        _ value: ValueView, _ plan: borrowing AcceptedPlan, _ workspace: inout Workspace
    ) -> UnsafeRawBufferPointer? {
        guard let found = bytes(value, plan, &workspace) else { return nil }
        guard case .program = value, !found.isEmpty else { return found }
        return workspace.arena.copy(found)
    }

    /// The header edits of a rule, values computed. Those that cannot be used are left out and counted; setting a
    /// header to an empty value removes it, adding an empty value does nothing.
    static func collect(
        _ edits: Range<Int>, _ plan: borrowing AcceptedPlan, _ workspace: inout Workspace, _ recorder: Recorder?,
        _ add: (inout Decision, HeaderEdit) -> Void
    ) {
        for index in edits {
            let planned = plan.edit(index)
            let name = planned.pointee.name
            var edit = HeaderEdit(name: name, operation: planned.pointee.operation, value: .empty)
            if !edit.isRemoval {
                guard let value = ownBytes(planned.pointee.value, plan, &workspace) else {
                    recorder?.effect("\(text(name)) stays as it is: its value is missing")
                    continue
                }
                guard planned.pointee.value.isVerified || HeaderNames.isSafeValue(value) else {
                    workspace.decision.refusedValues &+= 1
                    recorder?.effect("\(text(name)) stays as it is: its value holds control characters")
                    continue
                }
                edit.value = value
                // Envoy's modules cannot write an empty value; it would remove the header, so that is what it means.
                if value.isEmpty {
                    guard case .set = edit.operation else {
                        recorder?.effect("\(text(name)) stays as it is: its value is empty")
                        continue
                    }
                    edit.operation = .remove
                }
            }
            add(&workspace.decision, edit)
            recorder?.edited(edit)
        }
    }

    static func text(_ bytes: UnsafeRawBufferPointer?) -> String {
        bytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

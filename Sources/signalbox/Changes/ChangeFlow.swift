internal import ControlPlane
internal import EdgeModel
internal import EdgePlan
internal import Glibc

/// The way of every change of traffic: plan, show, check, ask, commit, wake `serve`, wait for the nodes.
struct ChangeFlow {
    let session: Session
    let options: ChangeOptions
    /// Whether it is a failure that no server runs, even when there is no node yet.
    var needsServer = true
    /// Tests of the plan outside the store, e.g. by Envoy itself.
    var checks: [any PlanCheck] = []
    /// Where the lines of findings are, when the change was written in a document.
    var places: DocumentPlaces?

    func run(_ request: ChangeRequest) async throws {
        let plane = try session.plane(options.isDryRun ? .reading : .writing)
        var plan = try plane.plan(request)
        try compareChecksum(plan)
        var apply = options.applyOptions
        if plan.isGated, plan.touchesProduction, !options.isDryRun {
            let (findings, evidence) = await PlanChecks.run(checks, on: plan, statePath: session.statePath)
            plan.findings += findings
            apply.evidence = evidence
        }
        if let places { plan.findings = plan.findings.map(places.located) }
        if options.isDryRun {
            return session.output.show(plan.checksum.rawValue, plan.document) { PlanText.pieces(plan) }
        }
        try session.show(plan, PlanText.pieces, apply)
        if plan.before != plan.after { try Confirmation(session: session).ask("\(SafeText(plan.title))?") }
        let deployment = try plane.apply(plan, apply)
        let committedAt = TimeText.now()
        try await finish(deployment, plan, plane, committedAt: committedAt)
    }

    private func compareChecksum(_ plan: Plan) throws {
        guard let wanted = options.checksum?.lowercased(), !plan.checksum.rawValue.hasPrefix(wanted) else { return }
        throw ErrorReport(
            .stale, at: plan.title, "this is not the plan that was reviewed: its checksum is \(plan.checksum)",
            remedy: session.rehearsal, details: ["asked for \(wanted)"])
    }

    // MARK: after the commit

    private func finish(
        _ deployment: Deployment, _ plan: Plan, _ plane: ControlPlane, committedAt: Timestamp
    ) async throws {
        var outcome = Outcome(deployment: deployment, plan: plan, committedAt: committedAt)
        let publisher = try await publisher(of: deployment, plan, plane)
        let isServed = publisher != .nobody
        if publisher == .another {
            throw failure(
                .unavailable, outcome, "committed, but the server that runs publishes something else",
                remedy: "install the same version for both, and start the server again",
                details: ["it is of another build than this program, or its log tells why it cannot publish this"])
        }
        guard plan.before != plan.after, let limit = options.waitTime(session.client) else {
            return report(outcome, plane, isServed: isServed)
        }
        if !isServed {
            guard try needsServer || !plane.nodes().isEmpty else { return report(outcome, plane, isServed: isServed) }
            throw failure(
                .unavailable, outcome, "committed, but no server runs that would tell the nodes",
                remedy: "signalbox serve", details: ["serve publishes it when it starts"])
        }
        let clock = ContinuousClock()
        let start = clock.now
        while true {
            (outcome.acknowledged, outcome.missing) = try plane.awaiting(deployment)
            outcome.waited = Int((clock.now - start) / .milliseconds(1))
            if outcome.missing.isEmpty { return report(outcome, plane, isServed: isServed) }
            if let standstill = try plane.standstill(of: deployment) {
                throw failure(
                    .held, outcome, "committed, but it goes to no further node: \(standstill.sentences[0])",
                    remedy: standstill.remedy(deployment),
                    details: standstill.sentences.dropFirst() + outcome.missing.map { "missing: \($0)" })
            }
            guard outcome.waited < limit else { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw failure(
            .timedOut, outcome,
            "committed, but not every live node has acknowledged it within \(DurationText.text(limit))",
            remedy: "signalbox node list", details: outcome.missing.map { "missing: \($0)" })
    }

    private enum Publisher {
        case nobody
        /// A server that publishes the deployment or one after it, or has not said yet what it publishes: then the nodes
        /// tell.
        case server
        /// A server that publishes something else.
        case another
    }

    /// Has the server publish the change. It may fail once and succeed then; what it publishes after two seconds is what it
    /// takes the state for.
    private func publisher(of deployment: Deployment, _ plan: Plan, _ plane: ControlPlane) async throws -> Publisher {
        let deadline = ContinuousClock.now + .seconds(2)
        while true {
            switch ServerSocket.published(statePath: session.statePath) {
            case .noServer: return .nobody
            case .untold: return .server
            case .publishes(let said):
                // Others may have gone on meanwhile.
                if !plan.touchesProduction || said.isOf([deployment]) { return .server }
                if try said.isOf(plane.deployments(since: deployment.id)) { return .server }
            }
            guard ContinuousClock.now < deadline else { return .another }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func failure(
        _ failure: Failure, _ outcome: Outcome, _ message: String, remedy: String, details: [String]
    ) -> ErrorReport {
        session.committed(
            failure, outcome.document, at: outcome.plan.title, message, remedy: remedy, details: details)
    }

    private func report(_ outcome: Outcome, _ plane: ControlPlane, isServed: Bool) {
        session.output.done(String(outcome.deployment.id), outcome.document, outcome.text)
        // What is done is done, whether or not more can be said about it.
        try? session.tellNextStep(plane, isServerRunning: isServed)
    }

    struct Outcome {
        var deployment: Deployment
        var plan: Plan
        /// When the transaction was kept; from then on the nodes are on their way to it.
        var committedAt: Timestamp
        var acknowledged: [ResourceName] = []
        var missing: [ResourceName] = []
        /// Milliseconds.
        var waited = 0

        var text: SafeText {
            var text: SafeText =
                "done: \(SafeText(plan.title)) (deployment \(deployment.id), \(deployment.stream) #\(deployment.sequence))\nhead \(deployment.head)"
            if !acknowledged.isEmpty {
                text = text + "\nserved by \(acknowledged.map(\.rawValue).joined(separator: ", ")) after \(waited) ms"
            }
            return text
        }

        var document: DocumentValue {
            .object([
                "committed": .bool(true), "committed_at": .string(committedAt.description), "id": .int(deployment.id),
                "head": .string(deployment.head.rawValue),
                "title": .string(plan.title), "deployment": deployment.document,
                "acknowledged": .array(acknowledged.map { .string($0.rawValue) }),
                "missing": .array(missing.map { .string($0.rawValue) }), "waited_ms": .int(waited),
            ])
        }
    }
}

extension Session {
    /// This command as a dry run in place of a plan's checksum, to review what would happen now.
    var rehearsal: String {
        var words = environment.arguments
        var added: [String] = []
        if let index = words.firstIndex(where: { $0 == "--plan" || $0.hasPrefix("--plan=") }) {
            words.removeSubrange(index..<min(words.endIndex, index + (words[index] == "--plan" ? 2 : 1)))
            added = ["--dry-run"]
        }
        return Confirmation.repetition(of: words, adding: added)
    }

    /// A failure after the commit: what was done is told with it, all of it to programs.
    func committed(
        _ failure: Failure, _ document: DocumentValue, at place: String, _ message: String, remedy: String,
        details: [String]
    ) -> ErrorReport {
        var told: [DocumentMember] = []
        if case .object(let members) = document {
            told = output.isJSON ? members : members.filter { ["committed", "id", "head"].contains($0.key) }
        }
        return ErrorReport(failure, at: place, message, remedy: remedy, details: details, extra: told)
    }

    /// Shows a plan that is about to be applied. What holds it up is told by the error and not here as well.
    func show<Gated: GatedPlan>(
        _ plan: Gated, _ pieces: (_ plan: Gated) -> [Output.Piece], _ options: ApplyOptions
    ) throws {
        var shown = plan
        var refusal: ControlPlaneError?
        do throws(ControlPlaneError) {
            try Gate.check(plan, options)
        } catch {
            refusal = error
            shown.findings.removeAll { error.findings.contains($0) }
        }
        for piece in pieces(shown) { output.note(piece.text, piece.style) }
        if let refusal { throw refusal }
    }
}

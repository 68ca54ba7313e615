internal import ControlPlane
internal import EdgeModel
internal import EdgePlan
internal import Logging
internal import Synchronization

/// Keeps the nodes at what the store says is live, and the store at what the nodes say.
///
/// Publishes at the start, after every commit it hears of, and again when publishing failed; what happens at the nodes
/// is folded into the store at once where somebody may wait for it, and within a second otherwise.
actor Server {
    private let plane: ControlPlane
    private let dataPlane: any DataPlane
    private let checks: [any PlanCheck]
    private let log: Logger
    private var reconciler: FleetReconciler
    private var published: NetworkDigests?
    /// Asks about the plan published last.
    private var examination: Task<Void, Never>?
    /// The newest mutation that was looked at.
    private var seenMutation: Int?
    private var window = FiguresWindow()
    private var isPublishing = false
    private var isAskedAgain = false

    init(plane: ControlPlane, dataPlane: any DataPlane, checks: [any PlanCheck], log: Logger) throws {
        self.plane = plane
        self.dataPlane = dataPlane
        self.checks = checks
        self.log = log
        reconciler = try FleetReconciler.restored(from: plane.store)
    }

    /// Brings the nodes to what the store says. Calls that come while one runs make it run once more.
    func publish() async {
        guard !isPublishing else {
            isAskedAgain = true
            return
        }
        isPublishing = true
        repeat {
            isAskedAgain = false
            await publishOnce()
        } while isAskedAgain
        isPublishing = false
    }

    private func publishOnce() async {
        do {
            // Statuses of nodes are written every second and change nothing that is served.
            let mutation = try plane.lastMutation()
            guard mutation != seenMutation else { return }
            let (plan, findings) = try plane.compile()
            let digests = NetworkDigests(plan)
            guard digests != published else {
                seenMutation = mutation
                return
            }
            for finding in findings where finding.severity == .error {
                log.warning("\(finding.message)", metadata: ["code": "\(finding.code)", "place": "\(finding.place)"])
            }
            try await dataPlane.publish(plan, digests: digests)
            published = digests
            seenMutation = mutation
            reconciler.expect(digests, at: TimeText.now())
            log.info(
                "published",
                metadata: [
                    "production": "\(digests.production.short)", "lower": "\(digests.lower.short)",
                    "zones": "\(plan.production.zones.count)",
                ])
            examine(plan)
        } catch {
            let report = ErrorReport(error)
            log.error("not published: \(report.message)", metadata: ["place": "\(report.place ?? "-")"])
        }
    }

    /// Asks what the checks say of what was published, beside publishing it: gates stand before the commit and not here,
    /// where they would hold up a rollback. What they find explains why nodes refuse.
    private func examine(_ plan: EdgePlan) {
        guard !checks.isEmpty else { return }
        examination?.cancel()
        examination = Task { [checks, log] in
            for check in checks {
                guard !Task.isCancelled else { return }
                for finding in await check.findings(for: plan) {
                    log.log(
                        level: finding.severity == .error ? .error : .notice, "\(finding.message)",
                        metadata: ["check": "\(check.name)", "code": "\(finding.code)"])
                }
            }
        }
    }

    func handle(_ event: FleetEvent) {
        report(event)
        if reconciler.apply(event) { save() }
    }

    /// Writes what the nodes said; when the store cannot take it now, the next call tries again.
    func save() {
        guard reconciler.hasUnsaved else { return }
        do {
            try reconciler.save(to: plane.store, at: TimeText.now())
        } catch {
            log.warning("node status not saved yet: \(ErrorReport(error).message)")
        }
    }

    private func report(_ event: FleetEvent) {
        var facts: Logger.Metadata = ["node": "\(event.node)"]
        switch event.kind {
        case .seen, .reported: return
        case .accepted(let kind, let version, let plan):
            facts["resource"] = "\(kind.rawValue)"
            facts["version"] = "\(version.prefix(12))"
            if let plan { facts["plan"] = "\(plan.short)" }
            log.info("accepted", metadata: facts)
        case .refused(let kind, let version, let plan, let reason):
            facts["resource"] = "\(kind.rawValue)"
            facts["version"] = "\(version.prefix(12))"
            if let plan { facts["plan"] = "\(plan.short)" }
            facts["reason"] = "\(reason ?? "not known yet")"
            log.error("refused", metadata: facts)
        case .lost: log.warning("lost", metadata: facts)
        case .unauthorized: log.warning("refused a request without the node's token", metadata: facts)
        }
    }

    /// Takes a sample of what the nodes count.
    func sample() async {
        let snapshot = await dataPlane.fleet()
        window.add(Array(snapshot.figures.values), at: TimeText.now())
    }

    /// What every configuration answered lately, as JSON.
    var figures: String {
        do {
            return try DocumentValue(encoding: window.recent).json()
        } catch {
            return "[]"
        }
    }

    /// For whoever reported a commit: what is published now.
    var answer: String {
        let document: DocumentValue = .object([
            "ok": .bool(true), "production": published.map { .string($0.production.rawValue) },
            "lower": published.map { .string($0.lower.rawValue) },
        ])
        return document.json()
    }
}

internal import ControlPlane
internal import EdgeModel
internal import EdgePlan
internal import Logging
internal import Synchronization

/// Keeps the nodes at what the store says is live: publishes at the start, after every commit it hears of, and again
/// when publishing failed.
///
/// Only reads the store, over a connection of its own: a slow disk may hold up what `FleetKeeper` writes, but not what
/// the nodes are to serve.
actor Server {
    private let plane: ControlPlane
    private let dataPlane: any DataPlane
    private let checks: [any PlanCheck]
    private let log: Logger
    private let keeper: FleetKeeper
    private var compiler = LiveCompiler()
    private var published: NetworkDigests?
    /// Asks about the plan published last.
    private var examination: Task<Void, Never>?
    /// The newest mutation that was looked at.
    private var seenMutation: Int?
    private var publishing: Task<Void, Never>?
    private var isAskedAgain = false

    /// - Parameter plane: over a store that nobody else uses.
    init(
        plane: ControlPlane, dataPlane: any DataPlane, checks: [any PlanCheck], keeper: FleetKeeper, log: Logger
    ) {
        self.plane = plane
        self.dataPlane = dataPlane
        self.checks = checks
        self.keeper = keeper
        self.log = log
    }

    /// Brings the nodes to what the store says now, and returns when that was published. Calls that come while one runs
    /// make it run once more, together.
    func publish() async {
        isAskedAgain = true
        let task = publishing ?? Task { await publishWhatIsAsked() }
        publishing = task
        await task.value
    }

    private func publishWhatIsAsked() async {
        while isAskedAgain {
            isAskedAgain = false
            await publishOnce()
        }
        publishing = nil
    }

    private func publishOnce() async {
        do {
            // Statuses of nodes are written every second and change nothing that is served.
            let journal = try plane.journalPosition()
            let mutation = journal?.sequence ?? 0
            guard mutation != seenMutation else { return }
            let time = TimeText.now()
            let live = try compiler.compile(plane)
            // Asked after the plan was made: what was committed in between counts against a way back, never for one.
            let deployments = try plane.deploymentMarks()
            let (plan, digests) = (live.plan, live.digests)
            guard digests != published else {
                seenMutation = mutation
                // Somebody may have decided that this state goes.
                await dataPlane.reconsider()
                return
            }
            for finding in live.findings where finding.severity == .error {
                log.warning("\(finding.message)", metadata: ["code": "\(finding.code)", "place": "\(finding.place)"])
            }
            try await dataPlane.publish(plan, digests: digests, journal: journal, deployments: deployments)
            published = digests
            seenMutation = mutation
            // The keeper may be waiting for the disk; whoever reported the commit does not wait for the keeper.
            Task { [keeper] in await keeper.expect(digests, at: time) }
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

    /// For whoever reported a commit: what is published now.
    var answer: String {
        let document: DocumentValue = .object([
            "ok": .bool(true), "production": published.map { .string($0.production.rawValue) },
            "lower": published.map { .string($0.lower.rawValue) },
        ])
        return document.json()
    }
}

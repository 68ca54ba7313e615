internal import ControlPlane
internal import EdgeModel
internal import ImageSourcing
internal import Logging

/// The server's migrations: those that were left to it, and those whose process is gone. One that the server's own end
/// cuts short goes on with the next server.
actor MigrationKeeper {
    private let session: Session
    private let plane: ControlPlane
    private let log: Logger
    private var engines: [Int: MigrationEngine] = [:]
    /// Taken up and not at their ends.
    private var underWay: Set<Int> = []
    private var isStopping = false
    private var pause: Task<Void, Never>?

    /// - Parameter plane: over a store that nobody else uses.
    init(session: Session, plane: ControlPlane, log: Logger) {
        self.session = session
        self.plane = plane
        self.log = log
    }

    /// Looks every second for what is to go on, until the server stops; then waits for what is under way.
    func run() async {
        await withDiscardingTaskGroup { group in
            while !isStopping {
                for (run, lock) in waiting() {
                    underWay.insert(run.id)
                    group.addTask { await self.carryOut(run, lock) }
                }
                let pause = Task { _ = try? await Task.sleep(for: .seconds(1)) }
                self.pause = pause
                await pause.value
            }
        }
    }

    /// What is being sent is finished; nothing is noted that would keep a run from going on.
    func stop() async {
        isStopping = true
        pause?.cancel()
        for engine in engines.values { await engine.pause() }
    }

    /// Runs that nobody works on although they are to go on, each with the right to do so.
    private func waiting() -> [(ImageRun, RunLock)] {
        let runs = (try? plane.imageRuns()) ?? []
        return runs.filter { $0.wish == .run && !$0.phase.isOver && !underWay.contains($0.id) }.compactMap { run in
            guard let lock = try? RunPlace(run, statePath: session.statePath).take() else { return nil }
            // Whoever had the lock may have ended the run before giving it back.
            guard let now = try? plane.imageRun(run.id), now.wish == .run, !now.phase.isOver else { return nil }
            return (now, lock)
        }
    }

    private func carryOut(_ run: ImageRun, _ lock: RunLock) async {
        defer { lock.giveBack() }
        let facts: Logger.Metadata = ["run": "\(run.id)", "source": "\(run.source)", "target": "\(run.target)"]
        log.info("migrating images", metadata: facts)
        do {
            let runner = MigrationRunner(session: session, plane: plane, run: run, lock: lock)
            let (end, tally) = try await runner.carryOut(begun: { await self.begun($0, run.id) }, observe: { _, _ in })
            try note(run, end, tally, facts)
        } catch {
            let report = ErrorReport(error)
            log.error("images not migrated: \(report.sentence)", metadata: facts)
            try? plane.noteImageRun(run.id, .failed, cause: report.sentence)
        }
        engines[run.id] = nil
        underWay.remove(run.id)
    }

    private func begun(_ engine: MigrationEngine, _ id: Int) async {
        engines[id] = engine
        // The server may have been told to stop while the stores were opened.
        if isStopping { await engine.pause() }
    }

    private func note(_ run: ImageRun, _ end: Progress, _ tally: Tally, _ facts: Logger.Metadata) throws {
        let isOurs = try end.phase == .paused && plane.imageRun(run.id).wish == .run
        if !isOurs { try plane.noteImageRun(run.id, end.phase, cause: end.cause) }
        var facts = facts
        facts["state"] = "\(isOurs ? "interrupted" : end.phase.rawValue)"
        facts["imported"] = "\(tally.imported.objects)"
        facts["failed"] = "\(tally.failed.objects)"
        if let cause = end.cause { facts["cause"] = "\(cause)" }
        log.log(level: end.phase == .failed ? .error : .info, "images migrated", metadata: facts)
    }
}

internal import ArgumentParser
internal import ControlPlane
internal import DocumentText
internal import EdgeModel
internal import FoundationEssentials
internal import Glibc
internal import ImageSourcing
internal import LedgerSQLite
internal import Synchronization

/// Carries out a run in this process until it stands still: to its end, or until somebody pauses or aborts it from
/// anywhere.
struct MigrationRunner: Sendable {
    let session: Session
    let plane: ControlPlane
    let run: ImageRun
    /// Taken before the run was looked at; to be given back when its end is noted.
    let lock: RunLock

    /// - Parameters:
    ///   - begun: gets the engine before it starts.
    ///   - observe: told several times a second how it goes.
    /// - Returns: how it stands at the end, which nobody was told yet.
    func carryOut(
        begun: @Sendable (MigrationEngine) async -> Void, observe: @escaping @Sendable (Progress, Tally?) -> Void
    ) async throws -> (end: Progress, tally: Tally) {
        let opener = ImageStoreOpener(session, transfers: run.tuning.transfers)
        let definition = try plane.imageStore(.source, named: try Names.resource(run.source, "source", list: ""))
        var source = try opener.source(definition)
        if let manifest = run.manifest {
            source = ManifestSource(try ManifestFile.keys(manifest), of: source)
        }
        let target = try opener.target(
            try plane.imageStore(.target, named: try Names.resource(run.target, "target", list: "")))
        let started = run.wish == .run ? run : try plane.changeImageRun(run.id, "resume") { $0.wish = .run }
        let (engine, ledger) = try engine(source, target, started.tuning, observe)
        try plane.noteImageRun(run.id, .listing, cause: nil)
        await begun(engine)
        let watcher = Task { [plane, id = run.id] in await Self.follow(engine, plane, id) }
        defer { watcher.cancel() }
        // Sending and receiving is most of the work.
        let end = await withTaskExecutorPreference(opener.executor) { await engine.run() }
        do {
            return (end, try ledger.tally(of: run.id))
        } catch {
            throw ErrorReport(error)
        }
    }

    private func engine(
        _ source: any ObjectSource, _ target: any ImageTarget, _ tuning: Tuning,
        _ observe: @escaping @Sendable (Progress, Tally?) -> Void
    ) throws -> (MigrationEngine, SQLiteLedger) {
        do {
            let ledger = try SQLiteLedger(RunPlace(run, statePath: session.statePath).ledger)
            let known = try ledger.run(run.id)
            let begun = known ?? LedgerRun(id: run.id)
            if known == nil { try ledger.begin(begun) }
            let engine = try MigrationEngine(
                source: source, target: target, ledger: ledger, run: begun, settings: run.settings, tuning: tuning,
                surroundings: Self.surroundings(), encode: ProgressText.encode,
                observe: { [ledger, id = run.id] progress in observe(progress, try? ledger.tally(of: id)) })
            return (engine, ledger)
        } catch {
            throw ErrorReport(error)
        }
    }

    /// Passes on what people want of the run, looked up every second.
    private static func follow(_ engine: MigrationEngine, _ plane: ControlPlane, _ id: Int) async {
        var tuning: Tuning?
        while !Task.isCancelled {
            if let run = try? plane.imageRun(id) {
                switch run.wish {
                case .run: break
                case .pause: await engine.pause()
                case .abort: await engine.abort()
                }
                if let tuning, tuning != run.tuning { await engine.tune(run.tuning) }
                tuning = run.tuning
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private static func surroundings() -> MigrationEngine.Surroundings {
        let processors = max(1, ProcessInfo.processInfo.activeProcessorCount)
        return MigrationEngine.Surroundings(
            clock: ContinuousClock(), date: { TimeText.now().milliseconds },
            processorTime: {
                var usage = rusage()
                getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
                let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
                let micros = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
                return (.seconds(seconds) + .microseconds(micros)) / processors
            }, random: { Double.random(in: 0...1) })
    }
}

/// A run in the foreground: somebody looks on, and interrupting the process pauses it.
struct WatchedMigration {
    let runner: MigrationRunner

    private var session: Session { runner.session }
    private var run: ImageRun { runner.run }

    /// - Throws: `ExitCode` where the end is none that a program may take for success.
    func carryOut() async throws {
        defer { runner.lock.giveBack() }
        let interruption = RunInterruption()
        let end: Progress
        let tally: Tally
        do {
            (end, tally) = try await watched(interruption)
        } catch {
            // Nobody else should begin what cannot begin here.
            try? runner.plane.noteImageRun(run.id, .failed, cause: ErrorReport(error).sentence)
            throw error
        }
        try runner.plane.noteImageRun(run.id, end.phase, cause: end.cause)
        try tell(end, tally, interruption.signal)
    }

    private func watched(_ interruption: RunInterruption) async throws -> (Progress, Tally) {
        let printer = ProgressPrinter(run: run.id, output: session.output)
        defer { printer.finish() }
        let outcome = try await runner.carryOut(
            begun: { engine in
                session.output.note("run \(run.id): \(run.source) to \(run.target); Ctrl-C pauses it", .dim)
                Task {
                    interruption.note(await StopSignal.wait())
                    await engine.pause()
                }
            }, observe: { printer.show($0, $1) })
        return (outcome.end, outcome.tally)
    }

    private func tell(_ end: Progress, _ tally: Tally, _ signal: Int32?) throws {
        session.output.show("\(run.id)", RunText.document(run, end.phase.rawValue, tally, end)) {
            [Output.Piece("run \(run.id): \(end.phase.rawValue)", end.phase == .completed ? .good : .warning)]
                + RunText.pieces(tally)
        }
        switch end.phase {
        case .completed:
            guard tally.failed.objects > 0 else { return }
            session.output.hint("Next: \(session.commandLine("images report \(run.id) --failed"))")
            throw ExitCode(1)
        case .failed:
            throw ErrorReport(
                .unavailable, at: "run \(run.id)", end.cause ?? "the run failed",
                remedy: "\(end.remedy.map { $0 + " Then: " } ?? "")signalbox images resume \(run.id)")
        case .aborted: throw ExitCode(1)
        default:
            session.output.hint("Next: \(session.commandLine("images resume \(run.id)"))")
            if let signal { throw ExitCode(128 + signal) }
        }
    }
}

/// The signal that ended a run in the foreground.
private final class RunInterruption: Sendable {
    private let number = Mutex<Int32?>(nil)
    var signal: Int32? { number.withLock { $0 } }
    func note(_ signal: Int32) { number.withLock { $0 = signal } }
}

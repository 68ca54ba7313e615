internal import ArgumentParser
internal import ControlPlane
internal import DocumentText
internal import EdgeModel
internal import FoundationEssentials
internal import Glibc
internal import ImageSourcing
internal import LedgerSQLite
internal import Synchronization

/// Carries out a run in this process until it stands still: to its end, until somebody pauses or aborts it from anywhere,
/// or until this process is interrupted, which pauses it.
struct MigrationRunner {
    let session: Session
    let plane: ControlPlane
    let run: ImageRun

    /// - Throws: `ExitCode` where the end is none that a program may take for success.
    func carryOut() async throws {
        let place = RunPlace(run, statePath: session.statePath)
        let opener = ImageStoreOpener(session, transfers: run.tuning.transfers)
        let definition = try plane.imageStore(.source, named: try Names.resource(run.source, "source", list: ""))
        var source = try opener.source(definition)
        if let manifest = run.manifest {
            source = ManifestSource(try ManifestFile.keys(manifest), of: source)
        }
        let target = try opener.target(
            try plane.imageStore(.target, named: try Names.resource(run.target, "target", list: "")))
        try place.take(run)
        let started = run.wish == .run ? run : try plane.changeImageRun(run.id, "resume") { $0.wish = .run }
        let ledger: SQLiteLedger
        let engine: MigrationEngine
        let printer = ProgressPrinter(run: run.id, output: session.output)
        do {
            ledger = try SQLiteLedger(place.ledger)
            let begun: LedgerRun
            if let known = try ledger.run(run.id) {
                begun = known
            } else {
                begun = LedgerRun(id: run.id)
                try ledger.begin(begun)
            }
            engine = try MigrationEngine(
                source: source, target: target, ledger: ledger, run: begun, settings: run.settings,
                tuning: started.tuning, surroundings: Self.surroundings, encode: ProgressText.encode,
                observe: { [ledger] progress in printer.show(progress, try? ledger.tally(of: begun.id)) })
        } catch {
            throw ErrorReport(error)
        }
        try plane.noteImageRun(run.id, .listing, cause: nil)
        session.output.note("run \(run.id): \(run.source) to \(run.target); Ctrl-C pauses it", .dim)
        let interrupted = Mutex<Int32?>(nil)
        let signals = Task {
            let number = await StopSignal.wait()
            interrupted.withLock { $0 = number }
            await engine.pause()
        }
        let watcher = Task { [plane, id = run.id] in await Self.follow(engine, plane, id) }
        let end = await engine.run()
        watcher.cancel()
        signals.cancel()
        printer.finish()
        try plane.noteImageRun(run.id, end.phase, cause: end.cause)
        try tell(end, try ledger.tally(of: run.id), interrupted.withLock { $0 })
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

    private static let surroundings: MigrationEngine.Surroundings = {
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
    }()
}

/// Files that name objects: reports of earlier runs, or a key on each line.
enum ManifestFile {
    /// Bytes.
    private static let limit = 256 << 20

    static func keys(_ path: String) throws -> [ObjectKey] {
        guard let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int else {
            throw ErrorReport(.notFound, at: path, "there is no such file", remedy: "check the path")
        }
        guard size <= limit, let data = FileManager.default.contents(atPath: path) else {
            throw ErrorReport(
                .invalid, at: path, "it cannot be read, or has more than \(limit >> 20) MiB", remedy: "split it")
        }
        let bytes = Array(data)
        let keys = bytes.first == UInt8(ascii: "{") ? try documentKeys(path) : ReportText.keys(bytes)
        guard !keys.isEmpty else {
            throw ErrorReport(
                .invalid, at: path, "it names no object",
                remedy: "give a report of 'images report', or a file with a key on each line")
        }
        return keys
    }

    private static func documentKeys(_ path: String) throws -> [ObjectKey] {
        let document = try TextFile.document(path).value
        guard case .array(let objects)? = document["objects"] else { return [] }
        return objects.compactMap { object in
            if case .string(let key)? = object["key"] { return ObjectKey(key) }
            guard case .string(let digits)? = object["key_hex"] else { return nil }
            return ReportText.keys(Array("key,key_hex\n,\(digits)\n".utf8)).first
        }
    }
}

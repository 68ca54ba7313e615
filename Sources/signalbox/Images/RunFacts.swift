internal import ControlPlane
internal import EdgeModel
internal import ImageSourcing
internal import LedgerSQLite

/// A run with what its ledger knows.
struct RunFacts {
    var run: ImageRun
    /// nil: no process has begun with it.
    var tally: Tally?
    var progress: Progress?
    var isRunning: Bool

    init(_ run: ImageRun, _ session: Session) throws {
        self.run = run
        let place = RunPlace(run, statePath: session.statePath)
        isRunning = place.isTaken && !run.phase.isOver
        guard place.exists else { return }
        do {
            let ledger = try SQLiteLedger(place.ledger, isReadOnly: true)
            tally = try ledger.tally(of: run.id)
            progress = try ledger.run(run.id).flatMap { ProgressText.decode($0.progress) }
        } catch {
            throw ErrorReport(error)
        }
    }

    /// What the run does; one whose process is gone was interrupted, and goes on when a server runs, as does one that
    /// waits for it.
    var state: String {
        if run.phase.isOver { return run.phase.rawValue }
        if isRunning { return (progress?.phase ?? run.phase).rawValue }
        return tally == nil ? "waiting" : "interrupted"
    }

    var document: DocumentValue { RunText.document(run, state, tally, progress) }

    static func ledger(_ run: ImageRun, _ session: Session, isReadOnly: Bool = false) throws -> SQLiteLedger {
        let place = RunPlace(run, statePath: session.statePath)
        guard place.exists else {
            throw ErrorReport(
                .notFound, at: "run \(run.id)", "no process has begun with it",
                remedy: "signalbox images resume \(run.id)")
        }
        do {
            return try SQLiteLedger(place.ledger, isReadOnly: isReadOnly)
        } catch {
            throw ErrorReport(error)
        }
    }

    /// The ledger of a run whose objects are to be tried again.
    /// - Throws: `refused` where a later run has them: an object stands there with the run that listed it last.
    static func newestLedger(_ run: ImageRun, _ session: Session) throws -> SQLiteLedger {
        let ledger = try ledger(run, session)
        let newest: LedgerRun?
        do {
            newest = try ledger.newestRun()
        } catch {
            throw ErrorReport(error)
        }
        if let newest, newest.id != run.id {
            throw ErrorReport(
                .refused, at: "run \(run.id)", "run \(newest.id) has listed the same source since",
                remedy: "signalbox images retry \(newest.id)")
        }
        return ledger
    }

    /// Tells the process of a run what is wanted; where there is none, it is so at once.
    static func wish(_ wish: ImageRun.Wish, _ id: Int, _ session: Session) throws {
        let plane = try session.plane(.writing)
        let run = try plane.imageRun(id)
        guard run.canGoOn else {
            throw ErrorReport(
                .refused, at: "run \(id)", "it is \(run.phase.rawValue) already", remedy: "signalbox images status")
        }
        let isTaken = RunPlace(run, statePath: session.statePath).isTaken
        let changed = try plane.changeImageRun(id, wish.rawValue) { run in
            run.wish = wish
            // One that has come to rest may not have given its lock back yet.
            if !isTaken || run.phase == .paused { run.phase = wish == .abort ? .aborted : .paused }
        }
        session.output.done(
            "\(id)", RunText.document(changed, changed.phase.rawValue, nil, nil),
            isTaken
                ? "run \(id) will \(wish.rawValue) when what is under way is finished"
                : "run \(id): \(changed.phase.rawValue)")
    }
}

internal import Console
internal import ImageSourcing
internal import LedgerSQLite
internal import Synchronization

/// What the ledgers of migrations say, for the console's screens: they are asked each second while a migration runs.
final class ConsoleLedgers: Sendable {
    private struct Known {
        var run: ImageRun
        var failures: Int
        var facts: ImageRunFacts
    }

    private let session: Session
    /// By number of the run.
    private let known = Mutex<[Int: Known]>([:])

    init(_ session: Session) { self.session = session }

    func facts(_ run: ImageRun, failures: Int) throws -> ImageRunFacts {
        let before = known.withLock { $0[run.id] }
        // Nobody works on it, and nobody can without the state being told.
        if run.phase.isOver, let before, before.run == run, before.failures >= failures { return before.facts }
        let found = try RunFacts(run, session)
        var facts = ImageRunFacts(tally: found.tally, progress: found.progress, isRunning: found.isRunning)
        if failures > 0, let count = found.tally?.failed.objects, count > 0 {
            // The ledger has no index by fate: it is looked through only when more have failed.
            if let before, before.failures >= failures, before.facts.tally?.failed == found.tally?.failed {
                facts.failed = before.facts.failed
            } else {
                facts.failed = rows(run, failures)
            }
        }
        known.withLock { $0[run.id] = Known(run: run, failures: failures, facts: facts) }
        return facts
    }

    /// None of a run whose source was listed again since: its ledger has only the sums.
    private func rows(_ run: ImageRun, _ limit: Int) -> [LedgerRow] {
        let fates = Set(Reason.allCases.filter(\.isFailure).map { ObjectFate($0) })
        let ledger = try? RunFacts.ledger(run, session, isReadOnly: true)
        return (try? ledger?.rows(of: run.id, fates: fates, after: nil, limit: limit)) ?? []
    }
}

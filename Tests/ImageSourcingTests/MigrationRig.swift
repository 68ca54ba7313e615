import ImageSourcing
import LedgerSQLite
import TestKit

/// A migration in one process, on a ledger in a directory of its own.
struct MigrationRig {
    let directory: TemporaryDirectory
    let ledger: SQLiteLedger
    let source: any ObjectSource
    let target: any ImageTarget

    init(_ source: any ObjectSource, _ target: any ImageTarget) throws {
        directory = try TemporaryDirectory()
        ledger = try SQLiteLedger(directory.path + "/ledger.sqlite")
        self.source = source
        self.target = target
    }

    /// Time runs twenty times as fast: back-off and looks at the gauges take no test seconds.
    static let surroundings = surroundings(FastClock(20))

    static func surroundings<C: Clock>(_ clock: C, processorTime: @escaping @Sendable () -> Duration = { .zero })
        -> MigrationEngine.Surroundings where C.Duration == Duration
    {
        MigrationEngine.Surroundings(clock: clock, date: { 0 }, processorTime: processorTime, random: { 0.5 })
    }

    func engine(
        run: Int, _ settings: MigrationSettings = MigrationSettings(), tuning: Tuning = Tuning(transfers: 8),
        surroundings: MigrationEngine.Surroundings = Self.surroundings,
        observe: @escaping @Sendable (Progress) -> Void = { _ in }
    ) throws -> MigrationEngine {
        let begun: LedgerRun
        if let known = try ledger.run(run) {
            begun = known
        } else {
            begun = LedgerRun(id: run)
            try ledger.begin(begun)
        }
        return try MigrationEngine(
            source: source, target: target, ledger: ledger, run: begun, settings: settings, tuning: tuning,
            surroundings: surroundings, encode: { "\($0.phase)" }, observe: observe)
    }

    @discardableResult
    func migrate(run: Int, _ settings: MigrationSettings = MigrationSettings(), tuning: Tuning = Tuning(transfers: 8))
        async throws -> Progress
    {
        try await engine(run: run, settings, tuning: tuning).run()
    }

    func fates(run: Int) throws -> [String: ObjectFate] {
        let rows = try ledger.rows(of: run, fates: nil, after: nil, limit: .max)
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.object.key.description, $0.fate) })
    }

    /// Counts by fate, and that they are what the rows say.
    func tally(run: Int) throws -> Tally {
        let tally = try ledger.tally(of: run)
        var counted: [ObjectFate: Tally.Count] = [:]
        for row in try ledger.rows(of: run, fates: nil, after: nil, limit: .max) {
            counted[row.fate, default: Tally.Count()].objects += 1
            counted[row.fate, default: Tally.Count()].bytes += row.object.size ?? 0
        }
        guard tally == Tally(counted) else { throw Disagreement(tally: tally, rows: Tally(counted)) }
        return tally
    }

    struct Disagreement: Error {
        var tally: Tally
        var rows: Tally
    }
}

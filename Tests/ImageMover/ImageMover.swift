import CurlTransport
import FoundationEssentials
import Glibc
import ImageFolders
import ImageSourcing
import LedgerSQLite
import ObjectStorage
import TestKit

/// A migration in a process of its own, for the benchmark, which measures it, and for tests that kill it.
///
///     imagemover LEDGER ENDPOINT BUCKET folder PATH [--transfers N] [--include PATTERN] [--once] [--again]
///     imagemover LEDGER ENDPOINT BUCKET bucket NAME …
///
/// The ledger's newest run is resumed, a first one begun; `--again` begins the next one, `--once` lists the source once.
/// Keys are in `IMAGEMOVER_KEYS` as `KEY:SECRET`. Prints the counts as JSON; ends with 0 when the run is complete.
@main
struct ImageMover {
    static func main() async {
        do {
            try await run(CommandLine.arguments)
        } catch {
            complain("\(error)")
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) async throws {
        guard arguments.count >= 6,
            let keys = ProcessInfo.processInfo.environment["IMAGEMOVER_KEYS"].flatMap(S3Credentials.init(_:))
        else { exit(64) }
        let transport = CurlTransport(concurrency: 1024)
        let client = { (bucket: String) in
            S3Client(try S3Location(bucket: bucket, endpoint: arguments[2]), keys, transport: transport, now: date)
        }
        let target: any ImageTarget =
            arguments[4] == "folder" ? try FolderTarget(arguments[5]) : S3Target(try client(arguments[5]))
        let options = Array(arguments[6...])
        let ledger = try SQLiteLedger(arguments[1])
        var run = try ledger.newestRun()
        if run == nil || options.contains("--again") {
            let next = LedgerRun(id: (run?.id ?? 0) + 1)
            try ledger.begin(next)
            run = next
        }
        guard let run else { exit(70) }
        let settings = MigrationSettings(
            filter: KeyFilter(include: value("--include", options).map { [$0] } ?? []),
            listsOnce: options.contains("--once"))
        let engine = try MigrationEngine(
            source: S3Source(try client(arguments[3])), target: target, ledger: ledger, run: run, settings: settings,
            tuning: Tuning(transfers: value("--transfers", options).flatMap { Int($0) } ?? 32),
            surroundings: MigrationEngine.Surroundings(
                clock: ContinuousClock(), date: date, processorTime: processorTime, random: { .random(in: 0...1) }),
            encode: { "\($0.phase)" })
        let progress = await withTaskExecutorPreference(transport.executor) { await engine.run() }
        let tally = try ledger.tally(of: run.id)
        let counts = [
            "listed": tally.listed, "imported": tally.imported, "kept": tally.kept, "skipped": tally.skipped,
            "failed": tally.failed, "pending": tally.pending,
        ].map { "\"\($0.key)\":\($0.value.objects)" }.sorted().joined(separator: ",")
        print("{\"phase\":\"\(progress.phase)\",\(counts)}")
        guard progress.phase == .completed else {
            complain(progress.cause ?? "no cause")
            exit(1)
        }
    }

    private static func value(_ name: String, _ options: [String]) -> String? {
        options.firstIndex(of: name).flatMap { $0 + 1 < options.count ? options[$0 + 1] : nil }
    }

    private static func complain(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    @Sendable private static func date() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    @Sendable private static func processorTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec / max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }
}

import ArgumentParser

extension Benchmarks {
    /// One table of all rows, within a quarter of an hour on two processors. Rows that need more rounds for a calm figure
    /// have them as commands of their own.
    struct All: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Run everything.")
        @OptionGroup var options: RunOptions

        func run() async throws {
            try await options.report { quick in
                var rows: [Row] = []
                for benchmark in Self.everything(quick: quick) { rows += await benchmark.kept() }
                return rows
            }
        }

        /// Short ones first: whoever looks on sees that it works.
        private static func everything(quick: Bool) -> [any Benchmark] {
            [
                StartBenchmark(runs: quick ? 10 : 50),
                ModuleBenchmark(rounds: quick ? 4 : 36),
                InstructionsBenchmark(requests: quick ? 50 : 200),
                DiffBenchmark(rounds: quick ? 3 : 30),
                RulesBenchmark(expressions: quick ? 2_000 : 20_000, seconds: quick ? 0.3 : 2),
                WritersBenchmark(promotions: quick ? 100 : 1_000),
                IndexBenchmark(quick: quick),
                LargeVersionBenchmark(quick: quick),
                ConsoleKitBenchmark(rounds: quick ? 50 : 500),
                TerminalBenchmark(repaints: quick ? 20 : 200, seconds: quick ? 3 : 10),
                ConsoleBenchmark(rounds: quick ? 2 : 20, seconds: quick ? 3 : 10),
                MailBenchmark(quick: quick),
                LatencyBenchmark(changes: quick ? 20 : 200),
                zones(quick: quick, changes: 8),
                PromoteBenchmark(changes: quick ? 20 : 200, requests: quick ? 100_000 : 1_000_000),
            ]
        }
    }
}

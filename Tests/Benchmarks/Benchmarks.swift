import ArgumentParser
import FoundationEssentials

/// How well Signalbox does what it promises, measured on real parts: the release build's `signalbox`, stock Envoy with
/// the edge module, `edgelab` as origins and load, nginx beside it. Prints one table; nothing here passes or fails.
///
/// To repeat it, on a machine that does little else:
///
///     make bench                                  # builds what is missing and prints the whole table, ten minutes
///     .build/release/benchmarks latency           # one row: promote, latency, module or start
///     .build/release/benchmarks --json > run.json # every figure
///     .build/release/benchmarks --quick           # a tenth of the work, to see that it runs
///
/// Programs are taken from beside the executable or from `SIGNALBOX_BIN`, Envoy and the module from `.tools` or from
/// `SIGNALBOX_ENVOY` and `SIGNALBOX_EDGE_MODULE`. Only 127.0.0.0/8 sees traffic. Every run has a time limit, and every
/// process that was started is ended by its id, also when the run is interrupted.
@main
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmarks", abstract: "Measure what Signalbox promises and print one table.",
        discussion: """
            Without a subcommand all of them run, one after another.

              benchmarks
              benchmarks latency --json
              benchmarks --quick
            """,
        subcommands: [All.self, Promote.self, Latency.self, Module.self, Start.self], defaultSubcommand: All.self)

    struct All: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Run everything.")
        @OptionGroup var options: RunOptions

        func run() async throws {
            try await options.report { quick in
                var rows = try await StartBenchmark(runs: quick ? 10 : 50).labelled()
                rows += try await ModuleBenchmark(rounds: quick ? 4 : 40).labelled()
                rows += try await LatencyBenchmark(changes: quick ? 20 : 200).labelled()
                rows += try await PromoteBenchmark(changes: quick ? 20 : 200).labelled()
                return rows
            }
        }
    }

    struct Promote: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Requests that fail while versions are promoted and rolled back under load.")
        @Option(help: "Promotions and rollbacks together.") var changes = 200
        @Option(help: "Requests a second over both nodes.") var rate = 300
        @OptionGroup var options: RunOptions

        func run() async throws {
            try await options.report { quick in
                try await PromoteBenchmark(changes: quick ? changes / 10 : changes, rate: rate).labelled()
            }
        }
    }

    struct Latency: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "From the commit of a change to the last node serving it, beside nginx -s reload.")
        @Option(help: "Changes of each of the two.") var changes = 200
        @Option(help: "Milliseconds from one change to the next of the same.") var spacing = 1000
        @OptionGroup var options: RunOptions

        func run() async throws {
            try await options.report { quick in
                try await LatencyBenchmark(changes: quick ? changes / 10 : changes, spacing: spacing).labelled()
            }
        }
    }

    struct Module: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Processor time of the edge module a request, beside nginx, and of the engine alone.")
        @Option(help: "Rounds over all variants.") var rounds = 40
        @Option(help: "Requests a round and variant.") var requests = 3_000
        @OptionGroup var options: RunOptions

        func run() async throws {
            try await options.report { quick in
                try await ModuleBenchmark(rounds: quick ? 4 : rounds, requests: requests).labelled()
            }
        }
    }

    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "How long short commands take from start to end.")
        @Option(help: "Runs of each command.") var runs = 50
        @OptionGroup var options: RunOptions

        func run() async throws {
            try await options.report { quick in try await StartBenchmark(runs: quick ? 10 : runs).labelled() }
        }
    }
}

/// Options of every run.
struct RunOptions: ParsableArguments {
    @Flag(help: "Print every figure as JSON.") var json = false
    @Flag(help: "A tenth of the work: shows that it runs, measures little.") var quick = false
    @Option(help: "Seconds after which the run is given up.") var limit = 1800

    /// Runs a measurement between two looks at the machine and prints what it found.
    func report(_ measure: (_ quick: Bool) async throws -> [Row]) async throws {
        Interruption.install(limit: limit)
        let before = Machine.look()
        let rows = try await measure(quick)
        let report = Report(quick: quick, machine: before, noiseAfter: Machine.noise(), rows: rows)
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
        } else {
            print(report.text)
        }
    }
}

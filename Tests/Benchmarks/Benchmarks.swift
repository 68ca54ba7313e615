import ArgumentParser

/// How well Signalbox does what it promises, measured on real parts: the release build's `signalbox`, stock Envoy with
/// the edge module, `edgelab` as origins and load, nginx beside it. Prints one table; nothing here passes or fails.
///
/// To repeat it, on a machine that does little else:
///
///     make bench                                  # builds what is missing and prints the whole table, 20 minutes
///     .build/release/benchmarks latency           # some rows: promote, latency, zones, module, instructions, diff, rules,
///                                                 # start, writers, index, large, console-kit, terminal,
///                                                 # console, email
///     make bench-images                           # images beside rclone and s5cmd; not part of the whole table
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
        subcommands: [
            All.self, Promote.self, Latency.self, Zones.self, Module.self, Instructions.self, Diff.self, Rules.self,
            Start.self, Writers.self, Index.self, Large.self, ConsoleKit.self, Terminal.self,
            Console.self, Email.self, Images.self,
        ], defaultSubcommand: All.self)

    struct Promote: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Requests that fail while versions are promoted and rolled back under load.")
        @Option(help: "Promotions and rollbacks together.") var changes = 200
        @Option(help: "Requests a second over both nodes and kept connections.") var rate = 5_000
        @Option(help: "Requests in all, at least; changes are spread over them.") var requests = 1_000_000
        @OptionGroup var options: RunOptions

        func run() async throws {
            try await options.report { quick in
                let scale = quick ? 10 : 1
                return try await PromoteBenchmark(changes: changes / scale, rate: rate, requests: requests / scale)
                    .labelled()
            }
        }
    }

    struct Latency: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "From the commit of a change to the last node serving it, beside nginx -s reload.")
        @Option(help: "Changes of each of the two.") var changes = 200
        @Option(help: "Milliseconds from one change to the next of the same.") var spacing = 1000
        @Option(help: "Only one of '2 nodes', '10 nodes', '2 nodes, with a new cluster'.") var only: String?
        @OptionGroup var options: RunOptions

        func run() async throws {
            try await options.report { quick in
                try await LatencyBenchmark(changes: quick ? changes / 10 : changes, spacing: spacing, only: only)
                    .labelled()
            }
        }
    }

    struct Zones: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Time and bytes to the nodes when one zone changes, among few zones and among many.")
        @Option(help: "Changes with each number of zones.") var changes = 12
        @Option(parsing: .upToNextOption, help: "Numbers of zones, ascending.") var counts: [Int] = []
        @OptionGroup var options: RunOptions

        func run() async throws {
            try await options.report { quick in
                try await Benchmarks.zones(quick: quick, changes: changes, counts: counts.isEmpty ? nil : counts)
                    .labelled()
            }
        }
    }

    static func zones(quick: Bool, changes: Int, counts: [Int]? = nil) -> ZonesBenchmark {
        ZonesBenchmark(counts: counts ?? (quick ? [10, 100] : [10, 1_000, 10_000]), changes: quick ? 4 : changes)
    }

    struct Diff: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The difference of two versions of 10,000 rules.")
        @Option(help: "Rules of each version.") var rules = 10_000
        @Option(help: "How often it is made.") var rounds = 30
        @OptionGroup var options: RunOptions

        func run() async throws {
            try await options.report { quick in
                try await DiffBenchmark(rules: rules, rounds: quick ? 3 : rounds).labelled()
            }
        }
    }

    struct Rules: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reading and evaluating expressions, beside Cloudflare's own parser.")
        @Option(help: "Expressions of the corpus.") var expressions = 20_000
        @OptionGroup var options: RunOptions

        func run() async throws {
            try await options.report { quick in
                try await RulesBenchmark(
                    expressions: quick ? expressions / 10 : expressions, seconds: quick ? 0.3 : 2
                ).labelled()
            }
        }
    }

    struct Writers: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Promotions by four processes at once on one store.")
        @Option(help: "Promotions and rollbacks that succeed, together.") var promotions = 1_000
        @OptionGroup var options: RunOptions

        func run() async throws {
            try await options.report { quick in
                try await WritersBenchmark(promotions: quick ? promotions / 10 : promotions).labelled()
            }
        }
    }

    struct Index: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The first of up to 100,000 conditions that holds, beside scanning them.")
        @OptionGroup var options: RunOptions

        func run() async throws {
            try await options.report { quick in try await IndexBenchmark(quick: quick).labelled() }
        }
    }

    struct Large: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Time and memory of a version of up to 10,000 rules: parse, check, lint, plan, render, accept.")
        @OptionGroup var options: RunOptions

        func run() async throws {
            try await options.report { quick in try await LargeVersionBenchmark(quick: quick).labelled() }
        }
    }

    struct Email: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Mail through a real Postfix with 10,000 rules, beside static maps; the endpoints alone.")
        @Option(help: "Only one of postfix, endpoint, memory.") var only: MailBenchmark.Part?
        @OptionGroup var options: RunOptions

        func run() async throws {
            try await options.report { quick in try await MailBenchmark(quick: quick, only: only).labelled() }
        }
    }

    struct Terminal: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bytes, repaint time and wake-ups of the console's terminal, beside htop and tig.")
        @Option(help: "Full repaints that are timed.") var repaints = 200
        @Option(help: "Seconds in which nothing happens.") var seconds = 10
        @OptionGroup var options: RunOptions

        func run() async throws {
            try await options.report { quick in
                try await TerminalBenchmark(repaints: quick ? 20 : repaints, seconds: quick ? 3 : seconds).labelled()
            }
        }
    }

    struct Console: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "console",
            abstract: "The console as a process: start, keys, a slow link, bytes, memory, idle beside htop and tig.")
        @Option(help: "Starts, and walks over the keys.") var rounds = 20
        @Option(help: "Seconds in which nothing happens.") var seconds = 10
        @OptionGroup var options: RunOptions

        func run() async throws {
            try await options.report { quick in
                try await ConsoleBenchmark(rounds: quick ? 2 : rounds, seconds: quick ? 3 : seconds).labelled()
            }
        }
    }

    struct ConsoleKit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "console-kit", abstract: "A key in a filter and a scrolled frame of a table of 100,000 rows.")
        @Option(help: "Rows of the table.") var rows = 100_000
        @Option(help: "Keys and frames, at least.") var rounds = 500
        @OptionGroup var options: RunOptions

        func run() async throws {
            try await options.report { quick in
                try await ConsoleKitBenchmark(rows: rows, rounds: quick ? rounds / 10 : rounds).labelled()
            }
        }
    }

    struct Images: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Images from a bucket to a folder and to a bucket, beside rclone and s5cmd; a million names.")
        @Option(help: "Images in the bucket; 0: nothing is copied.") var objects = 20_000
        @Option(help: "Runs of each.") var rounds = 3
        @Option(help: "Names of the bucket that is listed; ten million take ten times as long. 0: none is.")
        var names = 1_000_000
        @OptionGroup var options: RunOptions

        func run() async throws {
            try await options.report { quick in
                let scale = quick ? 10 : 1
                var rows = names > 0 ? try await NamesBenchmark(names: names / scale).labelled() : []
                if objects > 0 {
                    rows += try await ImagesBenchmark(objects: objects / scale, rounds: quick ? 1 : rounds).labelled()
                }
                return rows
            }
        }
    }

    struct Module: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Processor time of the edge module a request, beside nginx, and of the engine alone.")
        @Option(help: "Rounds over all variants.") var rounds = 96
        @Option(help: "Requests a round and variant.") var requests = 1_000
        @OptionGroup var options: RunOptions

        func run() async throws {
            try await options.report { quick in
                try await ModuleBenchmark(rounds: quick ? 4 : rounds, requests: requests).labelled()
            }
        }
    }

    struct Instructions: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Instructions that the edge module runs a request, counted by valgrind: no noise.")
        @Option(help: "Requests that are counted for each variant.") var requests = 400
        @OptionGroup var options: RunOptions

        func run() async throws {
            try await options.report { quick in
                try await InstructionsBenchmark(requests: quick ? 50 : requests).labelled()
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
    ///
    /// - Parameter most: seconds of a run that is bounded in its parts already.
    func report(limit most: Int? = nil, _ measure: (_ quick: Bool) async throws -> [Row]) async throws {
        Interruption.install(limit: most ?? limit)
        let before = Machine.look()
        let rows = try await measure(quick)
        let report = Report(quick: quick, machine: before, noiseAfter: Machine.noise(), rows: rows)
        print(json ? try report.json() : report.text)
    }
}

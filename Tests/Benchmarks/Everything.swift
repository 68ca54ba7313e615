import ArgumentParser
import TestKit

extension Benchmarks {
    /// One table of all rows, in less than half an hour on two processors. Rows that need more rounds for a calm figure have
    /// them as commands of their own.
    struct All: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Run everything.")
        @OptionGroup var options: RunOptions

        func run() async throws {
            try await options.report(limit: Part.all.reduce(60) { $0 + $1.limit }) { quick in
                var rows: [Row] = []
                for part in Part.all { rows += await part.rows(quick: quick) }
                return rows
            }
        }
    }

    /// Some rows of the whole table, measured by a process of their own: one that fails, hangs or is killed costs its own
    /// rows, and none finds the memory that another has used.
    private struct Part {
        /// Subcommand and options.
        let words: [String]
        /// Seconds after which it is given up.
        let limit: Int

        init(_ words: String..., limit: Int) { (self.words, self.limit) = (words, limit) }

        /// Short ones first: whoever looks on sees that it works.
        static let all = [
            Part("start", limit: 60),
            Part("module", "--rounds", "16", limit: 180),
            Part("instructions", "--requests", "100", limit: 240),
            Part("diff", limit: 60),
            Part("rules", limit: 90),
            Part("writers", "--promotions", "500", limit: 300),
            Part("index", limit: 90),
            Part("large", limit: 150),
            Part("console-kit", limit: 90),
            Part("terminal", limit: 90),
            Part("console", limit: 150),
            Part("email", limit: 300),
            Part("latency", limit: 780),
            Part("zones", "--changes", "6", limit: 400),
            Part("promote", limit: 400),
        ]

        func rows(quick: Bool) async -> [Row] {
            let clock = ContinuousClock()
            let start = clock.now
            Progress.say("\(words[0]) …")
            do {
                let rows = try await measure(quick: quick)
                Progress.say("\(words[0]): \((clock.now - start).components.seconds) s")
                return rows
            } catch {
                let reason = "\(error)"
                let line = reason.split(separator: "\n").first.map(String.init) ?? "for no reason told"
                Progress.say("\(words[0]) failed: \(reason)")
                return [Row(what: words[0], measured: "failed: \(line.prefix(80))", holds: false, notes: [reason])]
            }
        }

        private func measure(quick: Bool) async throws -> [Row] {
            let child = try ChildProcess(
                "/proc/self/exe", words + ["--json", "--limit", "\(limit)"] + (quick ? ["--quick"] : []))
            Interruption.passOn(to: child)
            defer { Interruption.passOn(to: nil) }
            // It ends by itself at its limit; what it started needs a moment then.
            let exit = try await child.wait(within: .seconds(limit + 30))
            guard exit.isSuccess else { throw Ended(exit: exit, errors: child.errors) }
            return try Report.Rows(json: child.outputBytes).rows
        }

        struct Ended: Error, CustomStringConvertible {
            let exit: ChildProcess.Exit
            let errors: String
            var description: String { "it ended with \(exit): \(errors.suffix(2_000))" }
        }
    }
}

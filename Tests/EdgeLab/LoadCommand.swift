import ArgumentParser
import TestKit

/// `edgelab load`: keep-alive load that counts every answer and every failure.
struct LoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Send requests and count every answer and every failure.",
        discussion: """
            A request that got no complete answer is a failure (connect, reset, aborted, timeout, malformed). A \
            connection that ends by agreement (Connection: close) or while idle is opened again and is none. With a \
            rate, latency counts from when a request was due, without from when it was sent.

              edgelab load --target 127.0.0.10:8080 --host shop.example.com --rate 500 --duration 10s --tally x-edge-version
              edgelab load --target 127.0.0.10:8080 --target 127.0.0.20:8080 --host shop.example.com --paths paths.txt \\
                  --until-stdin-closes --progress

            With --until-stdin-closes, the line "expect VALUE" on standard input says what the counted header has to \
            be in answers to requests sent from now on, "expect" alone that anything is right; each is confirmed by a \
            line of output. A path may name its status: --path '/login.php => 301'.

            Ends with SIGINT or SIGTERM too, and always after --duration. The last line of output is the result.
            """)

    @Option(help: "Address to send to; repeat it for several, over which the connections are spread.")
    var target: [HostPort]
    @Option(help: "Value of the Host header.")
    var host: String
    @Option(help: "Path and query; repeat it for several, taken in turn.")
    var path: [String] = []
    @Option(help: "File of requests: /path, METHOD /path or //host/path a line, with ' => STATUS' if one is due.")
    var paths: String?
    @Option(help: "A further request header as 'Name: value'; repeatable.")
    var header: [HeaderOption] = []
    @Option(help: "Number of connections.")
    var connections = 16
    @Option(help: "Requests a second over all connections, or max.")
    var rate = RateOption(perSecond: nil)
    @Option(help: "Further requests a second over all targets, each over a connection of its own.")
    var newConnections = 0
    @Option(help: "Length of the run, such as 10s or 2m (default: 10s, or 10m with --until-stdin-closes).")
    var duration: DurationOption?
    @Flag(help: "Run until standard input closes.")
    var untilStdinCloses = false
    @Option(help: "Response header whose values are counted.")
    var tally: String?
    @Option(help: "Longest time for one answer.")
    var timeout = DurationOption(.seconds(5))
    @Flag(help: "Print the figures of every second.")
    var progress = false
    @Option(help: "json or text.")
    var output = OutputOption.json
    @Flag(help: "Exit 1 when a request failed, or an answer was a 5xx or not as expected.")
    var strict = false

    enum OutputOption: String, ExpressibleByArgument, CaseIterable {
        case json, text
    }

    func validate() throws {
        if target.isEmpty { throw ValidationError("give --target") }
        if !(1...512).contains(connections) { throw ValidationError("--connections must be from 1 to 512") }
        if !(0...5_000).contains(newConnections) { throw ValidationError("--new-connections must be at most 5000") }
        if path.isEmpty && paths == nil { throw ValidationError("give --path or --paths") }
    }

    func run() throws {
        let headers = header.map { ($0.name, $0.value) }
        var requests = try path.map { try LoadRequest($0, host: host, headers: headers) }
        if let paths { requests += try LoadRequest.read(file: paths, host: host, headers: headers) }
        if requests.isEmpty { throw ValidationError("the file of requests is empty") }

        let plan = LoadPlan(
            targets: target, requests: requests, tallyHeader: tally, connections: connections,
            interval: rate.perSecond.map { 1e9 / $0 }, timeout: timeout.duration, startedAt: Monotonic.nanoseconds(),
            newConnectionInterval: newConnections > 0 ? 1e9 / Double(newConnections) : nil)
        let expectation = plan.expectation
        let stop = StopSignal(untilStdinCloses: untilStdinCloses) { line in
            let words = line.split(separator: " ", maxSplits: 1)
            guard words.first == "expect" else { return }
            let value = words.count > 1 ? String(words[1]) : nil
            expectation.set(value)
            try? Output.line(Expecting(value: value))
        }
        let result = try drive(plan, until: stop)
        if output == .json { try Output.line(result) } else { Output.write(result.text) }
        if strict && !result.isFlawless { throw ExitCode.failure }
    }

    private struct Expecting: Encodable {
        let kind = "expecting"
        let value: String?
    }

    private func drive(_ plan: LoadPlan, until stop: StopSignal) throws -> LoadReport {
        let length = duration?.duration ?? (untilStdinCloses ? .seconds(600) : .seconds(10))
        let end = plan.startedAt &+ length.nanosecondsClamped
        // Worker i keeps to target i modulo their number, which the sums below rely on too.
        var workers = (0..<plan.connections).map { LoadWorker(index: $0, plan: plan) }
        if plan.newConnectionInterval != nil {
            let first = (workers.count + plan.targets.count - 1) / plan.targets.count * plan.targets.count
            workers += plan.targets.indices.map { LoadWorker(index: first + $0, plan: plan, opensAnew: true) }
        }
        for worker in workers { worker.start() }

        var sums = plan.targets.map { ($0, LoadTally()) }
        var reportedAt = plan.startedAt
        var isStopping = false
        while true {
            let now = Monotonic.nanoseconds()
            let nextReport = reportedAt &+ 1_000_000_000
            if !isStopping {
                let left = min(end, nextReport)
                let pause = left > now ? Duration.nanoseconds(Int64(clamping: left - now)) : .zero
                if stop.wait(pause) || Monotonic.nanoseconds() >= end {
                    isStopping = true
                    for worker in workers { worker.stop() }
                }
            }
            let hasEnded = isStopping && workers.allSatisfy(\.hasEnded)
            let time = Monotonic.nanoseconds()
            if hasEnded || time >= nextReport {
                let recent = collect(workers, into: &sums)
                if progress {
                    try show(LoadReport(second: recent, seconds: Double(time &- reportedAt) / 1e9))
                }
                reportedAt = time
            }
            if hasEnded { return LoadReport(result: sums, seconds: Double(time &- plan.startedAt) / 1e9) }
            // A worker ends at the latest when its answer's time is over.
            if isStopping { Pause.milliseconds(2) }
        }
    }

    private func collect(_ workers: [LoadWorker], into sums: inout [(HostPort, LoadTally)]) -> LoadTally {
        var all = LoadTally()
        for worker in workers {
            let recent = worker.take()
            sums[worker.index % sums.count].1.merge(recent)
            all.merge(recent)
        }
        return all
    }

    private func show(_ second: LoadReport) throws {
        if output == .json { try Output.line(second) } else { Output.write(second.text) }
    }
}

/// Requests a second, or `max`.
struct RateOption: ExpressibleByArgument {
    let perSecond: Double?

    init(perSecond: Double?) { self.perSecond = perSecond }

    init?(argument: String) {
        if argument == "max" {
            perSecond = nil
        } else if let number = Double(argument), number > 0, number <= 1e6 {
            perSecond = number
        } else {
            return nil
        }
    }

    var defaultValueDescription: String { "max" }
}

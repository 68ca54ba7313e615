import FoundationEssentials
import Glibc
import TestKit

/// From start to end of short commands, which is what completion, scripts and prompts feel.
struct StartBenchmark: Benchmark {
    static let title = "cold start"
    let runs: Int

    private struct Command {
        let name: String
        let program: String
        let arguments: [String]
    }

    func rows() async throws -> [Row] {
        let edge = try await EdgeScenario.prepared()
        let signalbox = try Checkout.program("signalbox")
        var commands = [
            Command(name: "signalbox --help", program: signalbox, arguments: ["--help"]),
            Command(name: "signalbox version list", program: signalbox, arguments: ["version", "list"]),
            Command(name: "true", program: "/bin/true", arguments: []),
        ]
        if let nginx = NginxPeer.program {
            commands.append(Command(name: "nginx -v", program: nginx, arguments: ["-v"]))
        }
        if let envoy = EnvoyBinary.locate() {
            commands.append(Command(name: "envoy --version", program: envoy, arguments: ["--version"]))
        }
        let timer = ProgramTimer(environment: edge.environment)
        var elapsed: [[Double]] = commands.map { _ in [] }
        var processor: [[Double]] = commands.map { _ in [] }
        // One round to fill the page cache: cold is the process, not the disk.
        for round in 0...runs {
            for (index, command) in commands.enumerated() {
                let run = try await Blocking.run { try timer.run(command.program, command.arguments) }
                guard round > 0 else { continue }
                elapsed[index].append(run.elapsed)
                processor[index].append(run.processor)
            }
        }
        await edge.stop()
        let floor = Samples(elapsed[2]).median
        let scale = commands.indices.dropFirst(2).map {
            "\(commands[$0].name) \(Figure.short(Samples(elapsed[$0]).median)) ms"
        }
        return commands.indices.prefix(2).map { index in
            let times = Samples(elapsed[index])
            let used = Samples(processor[index])
            return Row(
                what: "cold start of \(commands[index].name)",
                measured: "median \(Figure.short(times.median)) ms, p95 \(Figure.short(times.quantile(0.95))) ms",
                aim: "≤ 30 ms", holds: times.median <= 30, beside: scale.joined(separator: ", "),
                ratio: times.median / floor,
                figures: times.figures("elapsed", "ms").merging(used.figures("processor", "ms")) { first, _ in first },
                notes: [
                    "\(runs) runs of each, in turn; posix_spawn to the end of waitpid, output to /dev/null, files cached",
                    "processor time \(Figure.short(used.median)) ms; the ratio is to /bin/true, what any process costs here",
                ])
        }
    }
}

/// Runs programs one after another and takes their time.
struct ProgramTimer: Sendable {
    struct Run: Sendable {
        /// Milliseconds from before the start to after the end.
        let elapsed: Double
        /// Milliseconds of processor time, user and system.
        let processor: Double
    }

    struct Failed: Error, CustomStringConvertible {
        let program: String
        let status: Int32
        var description: String { "\(program) ended with wait status \(status)" }
    }

    private let variables: [String]

    init(environment changes: [String: String?]) {
        var merged = ProcessInfo.processInfo.environment
        for (name, value) in changes { merged[name] = value }
        variables = merged.map { "\($0)=\($1)" }
    }

    /// Throws ``Failed`` unless it exits with 0.
    func run(_ program: String, _ arguments: [String]) throws -> Run {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for descriptor in [Int32(1), 2] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
        }
        let words = ([program] + arguments).map { strdup($0) }
        let environment = variables.map { strdup($0) }
        defer { for pointer in words + environment { free(pointer) } }
        var process = pid_t()
        let start = Monotonic.nanoseconds()
        let code = posix_spawn(&process, program, &actions, nil, words + [nil], environment + [nil])
        guard code == 0 else { throw Failed(program: program, status: code) }
        var status: Int32 = 0
        var usage = rusage()
        while wait4(process, &status, 0, &usage) < 0 && errno == EINTR {}
        let end = Monotonic.nanoseconds()
        guard status == 0 else { throw Failed(program: program, status: status) }
        let used = Self.milliseconds(usage.ru_utime) + Self.milliseconds(usage.ru_stime)
        return Run(elapsed: Double(end - start) / 1e6, processor: used)
    }

    private static func milliseconds(_ time: timeval) -> Double {
        Double(time.tv_sec) * 1e3 + Double(time.tv_usec) / 1e3
    }
}

import Glibc
import TestKit

/// The console as a process: the release build's own program on a terminal, on a state with twelve applications.
struct ConsoleBenchmark: Benchmark {
    static let title = "console"
    /// How often it is started, and how often the walk of keys is walked.
    let rounds: Int
    /// For how long nothing happens.
    let seconds: Int

    private static let link = SlowLink(milliseconds: 150, bytesPerSecond: 64_000)

    /// A key that is pressed, and what its picture is called in the figures.
    private struct Step {
        var key: String
        var picture: String
    }

    /// What an operator presses: up and down, into an application and its version and back, a filter, a question that is
    /// not answered, help, another list and back.
    private static let walk = [
        Step(key: "j", picture: "cursor"), Step(key: "j", picture: "cursor"), Step(key: "j", picture: "cursor"),
        Step(key: "k", picture: "cursor"), Step(key: "\r", picture: "drill-down"),
        Step(key: "\u{1B}", picture: "back"), Step(key: "/", picture: "filter opened"),
        Step(key: "s", picture: "filter key"), Step(key: "h", picture: "filter key"),
        Step(key: "o", picture: "filter key"), Step(key: "\u{1B}", picture: "filter closed"),
        Step(key: "b", picture: "question"), Step(key: "\u{1B}", picture: "question closed"),
        Step(key: "?", picture: "help"), Step(key: "\u{1B}", picture: "help closed"),
        Step(key: "g", picture: "keys that may follow"), Step(key: "d", picture: "another list"),
        Step(key: "j", picture: "cursor"), Step(key: "g", picture: "keys that may follow"),
        Step(key: "a", picture: "back to the list"), Step(key: "G", picture: "last row"),
        Step(key: "k", picture: "cursor"), Step(key: "\u{1B}OH", picture: "first row"),
    ]

    func rows() async throws -> [Row] {
        let bench = try await StateBench.made(applications: (1...12).map { "shop-\($0)" })
        let start = try await start(bench)
        let run = try ConsoleRun(bench)
        _ = try await run.milliseconds(until: "shop-12")
        try await run.settle()
        var pictures: [(name: String, pieces: [ConsoleRun.Piece])] = []
        for _ in 0..<rounds {
            for step in Self.walk {
                pictures.append((step.picture, try await run.press(step.key)))
                try await run.settle(milliseconds: 30)
            }
        }
        let rows = [keys(pictures), link(pictures), bytes(pictures)]
        run.terminal.type("Q")
        _ = try await run.terminal.ended()
        return [start] + rows + [try await memory(bench), try await idle(bench)]
    }

    // MARK: start

    private func start(_ bench: StateBench) async throws -> Row {
        var (frames, lists): ([Double], [Double]) = ([], [])
        for round in 0...rounds {
            let run = try ConsoleRun(bench)
            let frame = try await run.milliseconds(until: "signalbox ")
            let list = try await run.milliseconds(until: "shop-12")
            run.terminal.type("Q")
            _ = try await run.terminal.ended()
            // The first fills the page cache: cold is the process, not the disk.
            if round > 0 {
                frames.append(frame)
                lists.append(list)
            }
        }
        let (frame, list) = (Samples(frames), Samples(lists))
        return Row(
            what: "start of the console to its first frame", measured: Self.text(frame),
            beside: "to the list of 12 applications \(Self.text(list))",
            figures: frame.figures("console_frame", "ms").merging(list.figures("console_list", "ms")) { $1 },
            notes: ["\(rounds) starts on 120x40; from posix_spawn until the bytes were read from the pseudo terminal"])
    }

    // MARK: keys

    private typealias Pictures = [(name: String, pieces: [ConsoleRun.Piece])]

    private func keys(_ pictures: Pictures) -> Row {
        let times = Samples(pictures.compactMap { $0.pieces.last.map { Double($0.after) / 1e6 } })
        return Row(
            what: "key to painted frame of the console", measured: Self.text(times),
            figures: times.figures("console_key", "ms"),
            notes: [
                "\(times.count) keys of a walk through lists, an application, a filter, the question of a rollback and help, "
                    + "120x40; from write(2) on the terminal to the last byte read from it before 10 ms of silence; a "
                    + "question's plan, which comes later, is a picture of its own",
                "median by picture: "
                    + Self.each(pictures) { $0.last.map { Double($0.after) / 1e6 } ?? .nan }.map {
                        "\($0.name) \(Figure.short($0.samples.median))"
                    }.joined(separator: ", "),
                "without picture: \(Self.text(of: pictures.indices.filter { pictures[$0].pieces.isEmpty }))",
            ])
    }

    /// Presses that painted nothing, by where they stand in the walk: each costs two seconds and gives no figure.
    private static func text(of presses: [Int]) -> String {
        let steps = Dictionary(grouping: presses) { $0 % walk.count }
        return steps.sorted { $0.key < $1.key }.map { step, all in
            "\(walk[step].picture) (step \(step + 1)) × \(all.count)"
        }.joined(separator: ", ")
    }

    private func link(_ pictures: Pictures) -> Row {
        let painted = pictures.map(\.pieces).filter { !$0.isEmpty }
        let all = Samples(painted.map { Self.link.milliseconds($0) })
        let own = Samples(painted.map { Self.link.milliseconds($0) - Self.link.milliseconds })
        return Row(
            what: "key to paint over a link of 150 ms and 64 kB/s",
            measured: "p95 \(Figure.short(own.quantile(0.95))) ms beyond the link's 150 ms",
            aim: "≤ 50 ms", holds: own.quantile(0.95) <= 50,
            figures: own.figures("console_link_own", "ms").merging(all.figures("console_link", "ms")) { $1 },
            notes: [
                "the same keys. 150 ms are the way there and back, which nobody can shorten; counted against the aim is all "
                    + "the rest: the console's time and what its bytes take at 64,000 a second, one after the other",
                "arithmetic over the times at which bytes were read, not a real line: the terminal takes them at once",
            ])
    }

    private func bytes(_ pictures: Pictures) -> Row {
        let kinds = Self.each(pictures) { Double($0.reduce(0) { $0 + $1.bytes }) }
        let all = Samples(pictures.filter { !$0.pieces.isEmpty }.map { Double($0.pieces.reduce(0) { $0 + $1.bytes }) })
        let largest = kinds.max { $0.samples.median < $1.samples.median }
        var figures = all.figures("console_picture", "bytes")
        for kind in kinds {
            figures["console_\(kind.name.replacing(" ", with: "_").replacing("-", with: "_"))_p50_bytes"] =
                kind.samples.median
        }
        return Row(
            what: "bytes of a picture of the console",
            measured: "most for \(largest?.name ?? "none"): \(Figure.short(largest?.samples.median ?? .nan))",
            aim: "≤ 2,500 bytes", holds: (largest?.samples.median ?? .nan) <= 2_500, figures: figures,
            notes: [
                "all that was sent to xterm-256color of 120x40 for a key, second pictures of it included; medians: "
                    + kinds.map { "\($0.name) \(Figure.short($0.samples.median))" }.joined(separator: ", ")
            ])
    }

    /// Figures of pictures by what they are called, in the order of the walk.
    private static func each(
        _ pictures: Pictures, _ figure: ([ConsoleRun.Piece]) -> Double
    ) -> [(name: String, samples: Samples)] {
        var names: [String] = []
        for step in walk where !names.contains(step.picture) { names.append(step.picture) }
        return names.map { name in
            (name, Samples(pictures.filter { $0.name == name && !$0.pieces.isEmpty }.map { figure($0.pieces) }))
        }
    }

    // MARK: memory

    private func memory(_ bench: StateBench) async throws -> Row {
        let items = (0..<10_000).map { "10.\($0 / 256).\($0 % 256).0/24" }.joined(separator: "\n")
        let file = try bench.folder.write(items, to: "items.txt")
        try await bench.run(["list", "import", file, "--name", "crowd", "--kind", "ip", "--yes"])
        var kept: [Double] = []
        for (place, text) in [("applications", "shop-12"), ("lists/crowd", "10.0.0.0/24")] {
            let run = try ConsoleRun(bench, at: place)
            _ = try await run.milliseconds(until: text)
            try await run.settle(milliseconds: 500)
            kept.append(Double(Self.resident(run.terminal.pid)) / 1e6)
            run.terminal.type("Q")
            _ = try await run.terminal.ended()
        }
        return Row(
            what: "memory of the console", measured: "\(Figure.short(kept[0])) MB",
            beside: "at a list of 10,000 rows \(Figure.short(kept[1])) MB",
            figures: ["console_resident_mb": kept[0], "console_resident_10k_rows_mb": kept[1]],
            notes: [
                "resident set after the start, shared pages of its program included; no list of a state is longer than 10,000 "
                    + "rows, what 100,000 take is measured by console-kit"
            ])
    }

    private static func resident(_ pid: pid_t) -> Int {
        let fields = ProcFile.text("/proc/\(pid)/statm").split(separator: " ")
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4_096
    }

    // MARK: idle

    private func idle(_ bench: StateBench) async throws -> Row {
        // A list without ages; the clock of its header is a digit that changes once a minute.
        let alone = try ConsoleRun(bench, at: "routing", rows: 24, columns: 80)
        _ = try await alone.milliseconds(until: "routing")
        let served = try await StateBench.made()
        let server = try await served.serve()
        let beside = try ConsoleRun(served, at: "routing", rows: 24, columns: 80)
        _ = try await beside.milliseconds(until: "live")
        let (peers, absent) = try await IdleWatch.peers(rows: 24, columns: 80)
        // What a start leaves to be done is done, and the minute of the clock has just begun.
        try await Clocks.wait(until: Monotonic.nanoseconds() + 5_000_000_000)
        let second = Int(Clocks.wall() / 1_000) % 60
        let left = second < 3 ? 3 - second : second + seconds + 3 < 60 ? 0 : 63 - second
        try await Clocks.wait(until: Monotonic.nanoseconds() + UInt64(left) * 1_000_000_000)
        let running = [("signalbox", alone.terminal), ("signalbox with a server", beside.terminal)] + peers
        let idle = try await IdleWatch.watch(running, seconds: seconds)
        await server.terminate()
        var figures: [String: Double] = [:]
        for (name, one) in zip(["console", "console_served", "htop", "tig"], idle) {
            figures["\(name)_idle_wakeups"] = Double(one.wakeUps)
            figures["\(name)_idle_cpu_ms"] = one.milliseconds
        }
        let own = idle[0].wakeUps + idle[1].wakeUps
        let others = idle.dropFirst(2).map(\.text) + absent.map { "\($0) absent" }
        return Row(
            what: "an idle console for \(seconds) s",
            measured:
                "\(idle[0].wakeUps) wake-ups, \(Figure.short(idle[0].milliseconds)) ms of processor; with a server "
                + "\(idle[1].wakeUps), \(Figure.short(idle[1].milliseconds)) ms",
            aim: "0 wake-ups", holds: own == 0, beside: others.joined(separator: "; "), figures: figures,
            notes: [
                "voluntary context switches of all threads of the process and time run, from /proc/PID/task, at the same time "
                    + "on terminals of 80x24",
                "a list without ages, beginning some seconds after a full minute: the header's clock is drawn once a minute, an "
                    + "age when its digit changes, and a server that is silent is asked every half a minute",
                "threads that woke: \(idle[0].byThread.merging(idle[1].byThread, uniquingKeysWith: +))",
            ])
    }

    private static func text(_ samples: Samples) -> String {
        "median \(Figure.short(samples.median)) ms, p95 \(Figure.short(samples.quantile(0.95))) ms"
    }
}

import Glibc
import TestKit

/// What the terminal driver costs: bytes on the line, time of a picture, and what an idle terminal keeps awake, beside
/// htop and tig.
struct TerminalBenchmark: Benchmark {
    static let title = "terminal"
    /// Full repaints that are timed.
    let repaints: Int
    /// For how long nothing happens.
    let seconds: Int

    private static let rows = 60
    private static let columns = 220

    func rows() async throws -> [Row] {
        let folder = try TemporaryDirectory("bench-terminal")
        let probe = try PseudoTerminal(
            Checkout.program("TerminalProbe"), [folder.path("log")], environment: ["TERM": "xterm-256color"],
            rows: Self.rows, columns: Self.columns)
        func line(_ beginning: String) async throws -> [Double] {
            try await eventually(within: .seconds(60), beginning) {
                let lines = try folder.read("log").split(separator: "\n").filter { $0.hasPrefix(beginning) }
                return lines.last?.split(separator: " ").compactMap { Double($0) }
            }
        }
        _ = try await line("shown 0")
        probe.type("11")
        let change = try await line("shown 2")
        let keys = try await Blocking.run { [repaints] in (0..<repaints).map { _ in Self.key(probe) } }
        probe.type(String(repeating: "R", count: repaints))
        probe.type("Q")
        let times = try await line("repaints")
        let idle = try await idle(probe)
        return [changed(bytes: change[1], rows: change[2]), key(Samples(keys)), repaint(Samples(times)), idle]
    }

    private func changed(bytes: Double, rows: Double) -> Row {
        Row(
            what: "one changed cell of \(Self.columns)x\(Self.rows)", measured: "\(Int(bytes)) bytes",
            aim: "≤ 60 bytes", holds: bytes <= 60, figures: ["terminal_cell_bytes": bytes],
            notes: [
                "all that is sent to xterm-256color, attributes and the cursor's way included; \(Int(rows)) row compared unequal"
            ])
    }

    /// Milliseconds from a key to the last byte that it changes on the terminal.
    private static func key(_ probe: PseudoTerminal) -> Double {
        let before = probe.output.count
        let start = Monotonic.nanoseconds()
        probe.type("1")
        // At most a second; a picture that never comes is seen as that.
        while probe.output.count == before, Monotonic.nanoseconds() - start < 1_000_000_000 { sched_yield() }
        return Double(Monotonic.nanoseconds() - start) / 1e6
    }

    private func key(_ times: Samples) -> Row {
        Row(
            what: "key to painted frame, the driver alone",
            measured: "median \(Figure.short(times.median)) ms, p95 \(Figure.short(times.quantile(0.95))) ms",
            figures: times.figures("terminal_key", "ms"),
            notes: [
                "\(times.count) keys, one after another: typed on a pseudo terminal of \(Self.columns)x\(Self.rows), read, told to "
                    + "the program, a new frame drawn by it, compared, written and read from the terminal; no link between"
            ])
    }

    private func repaint(_ times: Samples) -> Row {
        Row(
            what: "full repaint of \(Self.columns)x\(Self.rows)",
            measured: "median \(Figure.short(times.median)) ms, p95 \(Figure.short(times.quantile(0.95))) ms",
            figures: times.figures("terminal_repaint", "ms"),
            notes: [
                "\(repaints) pictures in which every cell differs, eight styles in turn; from the call of present() until "
                    + "all bytes are written, over two threads, to a pseudo terminal that is read at once"
            ])
    }

    // MARK: idle

    private struct Idle: Sendable {
        let name: String
        /// Of all threads.
        let wakeUps: Int
        let milliseconds: Double
        var text: String { "\(name) \(wakeUps) wake-ups, \(Figure.short(milliseconds)) ms" }
    }

    private func idle(_ probe: PseudoTerminal) async throws -> Row {
        let root = Checkout.root
        var running = [("signalbox", probe)]
        var missing: [String] = []
        for (name, line) in [("htop", "exec htop"), ("tig", "cd '\(root)' && exec tig")] {
            let found = try await ChildProcess.run("sh", ["-c", "command -v \(name)"])
            guard found.exit.isSuccess else {
                missing.append(name)
                continue
            }
            let peer = try PseudoTerminal(
                "sh", ["-c", line], environment: ["TERM": "xterm-256color"], rows: Self.rows, columns: Self.columns)
            try await eventually(within: .seconds(20), "the screen of \(name)") { peer.output.count > 1_000 }
            running.append((name, peer))
        }
        // What a start leaves behind goes to sleep first: idle threads of the pool end after five seconds.
        try await Clocks.wait(until: Monotonic.nanoseconds() + 7_000_000_000)
        let before = running.map { Ran($0.1.pid) }
        try await Clocks.wait(until: Monotonic.nanoseconds() + UInt64(seconds) * 1_000_000_000)
        let after = running.map { Ran($0.1.pid) }
        let idle = running.indices.map { index in
            Idle(
                name: running[index].0, wakeUps: after[index].sleeps - before[index].sleeps,
                milliseconds: Double(after[index].nanoseconds - before[index].nanoseconds) / 1e6)
        }
        var figures: [String: Double] = [:]
        for one in idle {
            figures["idle_\(one.name)_wakeups"] = Double(one.wakeUps)
            figures["idle_\(one.name)_cpu_ms"] = one.milliseconds
        }
        let own = after[0].terminalSleeps - before[0].terminalSleeps
        figures["idle_terminal_thread_wakeups"] = Double(own)
        let beside = idle.dropFirst().map(\.text) + missing.map { "\($0) is not installed" }
        return Row(
            what: "an idle terminal for \(seconds) s",
            measured: "the terminal's thread \(own) wake-ups; all \(idle[0].wakeUps), "
                + "\(Figure.short(idle[0].milliseconds)) ms of processor",
            aim: "0 wake-ups", holds: idle[0].wakeUps == 0, beside: beside.joined(separator: "; "), figures: figures,
            notes: [
                "voluntary context switches and time run, from /proc/PID/task; measured at the same time on terminals of the "
                    + "same size, 7 s after the last key",
                "one wake-up a second, 0.04 ms, is libdispatch's: once its pool has run anything, its manager thread looks "
                    + "after it every second for ever (Linux only)",
                "htop shows the machine anew every 1.5 s, which is its work; tig shows this repository's log and waits",
            ])
    }

    /// What the threads of a process have done so far.
    private struct Ran {
        var nanoseconds = 0
        /// Times that a thread went to sleep by itself, which is how often it was woken.
        var sleeps = 0
        /// The same of the thread that has the terminal.
        var terminalSleeps = 0

        init(_ pid: pid_t) {
            guard let tasks = opendir("/proc/\(pid)/task") else { return }
            defer { closedir(tasks) }
            while let entry = readdir(tasks) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                let folder = "/proc/\(pid)/task/" + name
                let line = ProcFile.text(folder + "/status").split(separator: "\n")
                    .first { $0.hasPrefix("voluntary_ctxt_switches:") }
                let count = line.flatMap { Int($0.split(separator: "\t").last ?? "") } ?? 0
                sleeps += count
                if ProcFile.text(folder + "/comm") == "terminal\n" { terminalSleeps += count }
                nanoseconds += ProcFile.text(folder + "/schedstat").split(separator: " ").first.flatMap { Int($0) } ?? 0
            }
        }
    }
}

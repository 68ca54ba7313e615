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

    private func idle(_ probe: PseudoTerminal) async throws -> Row {
        let (peers, absent) = try await IdleWatch.peers(rows: Self.rows, columns: Self.columns)
        let running = [("signalbox", probe)] + peers
        // What a start leaves behind goes to sleep first: idle threads of the pool end after five seconds.
        try await Clocks.wait(until: Monotonic.nanoseconds() + 7_000_000_000)
        let idle = try await IdleWatch.watch(running, seconds: seconds)
        var figures: [String: Double] = [:]
        for one in idle {
            figures["idle_\(one.name)_wakeups"] = Double(one.wakeUps)
            figures["idle_\(one.name)_cpu_ms"] = one.milliseconds
        }
        let own = idle[0].byThread["terminal"] ?? 0
        figures["idle_terminal_thread_wakeups"] = Double(own)
        let beside = idle.dropFirst().map(\.text) + absent.map { "\($0) absent" }
        return Row(
            what: "the terminal's thread, idle for \(seconds) s", measured: "\(own) wake-ups", aim: "0 wake-ups",
            holds: own == 0, beside: beside.joined(separator: "; "), figures: figures,
            notes: [
                "voluntary context switches, from /proc/PID/task; measured at the same time on terminals of the same size, "
                    + "7 s after the last key; the console as a whole is measured by the rows of console",
                "htop shows the machine anew every 1.5 s, which is its work; tig shows this repository's log and waits",
            ])
    }
}

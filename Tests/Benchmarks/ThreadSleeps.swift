import Glibc
import TestKit

/// What the threads of a process have done so far, from `/proc/PID/task`.
struct ThreadSleeps: Sendable {
    private(set) var nanoseconds = 0
    /// Times that a thread went to sleep by itself, which is how often it was woken.
    private(set) var sleeps = 0
    /// The same by the names of the threads.
    private(set) var byName: [String: Int] = [:]

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
            let thread = ProcFile.text(folder + "/comm").split(separator: "\n").first.map(String.init) ?? ""
            byName[thread, default: 0] += count
            nanoseconds += ProcFile.text(folder + "/schedstat").split(separator: " ").first.flatMap { Int($0) } ?? 0
        }
    }
}

/// Programs in terminals of their own that are left alone for a while, all at the same time.
struct IdleWatch: Sendable {
    struct Idle: Sendable {
        let name: String
        /// Of all threads.
        let wakeUps: Int
        let milliseconds: Double
        let byThread: [String: Int]
        var text: String { "\(name) \(wakeUps) wake-ups, \(Figure.short(milliseconds)) ms" }
    }

    /// - Throws: ``Ended`` for a program that did not live to the end: it would look idle.
    static func watch(_ running: [(name: String, terminal: PseudoTerminal)], seconds: Int) async throws -> [Idle] {
        let before = running.map { ThreadSleeps($0.terminal.pid) }
        try await Clocks.wait(until: Monotonic.nanoseconds() + UInt64(seconds) * 1_000_000_000)
        let after = running.map { ThreadSleeps($0.terminal.pid) }
        // The terminals hang up when nobody holds them any more, so they are asked for last.
        for (name, terminal) in running where terminal.exit != nil { throw Ended(name: name) }
        return running.indices.map { index in
            Idle(
                name: running[index].name, wakeUps: after[index].sleeps - before[index].sleeps,
                milliseconds: Double(after[index].nanoseconds - before[index].nanoseconds) / 1e6,
                byThread: after[index].byName.merging(before[index].byName, uniquingKeysWith: -).filter {
                    $0.value != 0
                })
        }
    }

    struct Ended: Error {
        let name: String
    }

    /// Peers, and what is not to be had here.
    static func peers(rows: Int, columns: Int) async throws -> (running: [(String, PseudoTerminal)], absent: [String]) {
        var running: [(String, PseudoTerminal)] = []
        var absent: [String] = []
        for (name, line) in [("htop", "exec htop"), ("tig", "cd '\(Checkout.root)' && exec tig")] {
            guard try await isThere(name) else {
                absent.append(name)
                continue
            }
            let peer = try PseudoTerminal(
                "sh", ["-c", line], environment: ["TERM": "xterm-256color"], rows: rows, columns: columns)
            try await eventually(within: .seconds(20), "the screen of \(name)") { peer.output.count > 1_000 }
            running.append((name, peer))
        }
        return (running, absent)
    }

    /// Installed by the machine's own packages where that can be.
    private static func isThere(_ name: String) async throws -> Bool {
        let line =
            "command -v \(name) || { [ $(id -u) = 0 ] && apt-get install -qq -y --no-install-recommends \(name); }"
        return try await ChildProcess.run("sh", ["-c", line], within: .seconds(120)).exit.isSuccess
    }
}

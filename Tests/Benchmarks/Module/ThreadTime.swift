import Glibc
import TestKit

/// Processor time that one thread of another process has used.
struct ThreadTime {
    /// Nanoseconds by the scheduler's own account, user and system together.
    let total: UInt64
    /// The share spent in user mode, by the kernel's ticks; of little meaning below some hundred ticks.
    let userTicks: Double
    let systemTicks: Double

    /// The thread of a process that has a name, e.g. `wrk:worker_0`; nil when there is none.
    static func thread(named name: String, of process: pid_t) -> pid_t? {
        guard let folder = opendir("/proc/\(process)/task") else { return nil }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let text = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let thread = pid_t(text) else { continue }
            if ProcFile.text("/proc/\(process)/task/\(thread)/comm").trimmed == name { return thread }
        }
        return nil
    }

    /// `/proc/PID/task/TID/schedstat` counts nanoseconds, but adds the current turn of a running thread only when it
    /// ends: read it while the thread waits. Nil when the thread is gone.
    static func used(by thread: pid_t, of process: pid_t) -> ThreadTime? {
        let folder = "/proc/\(process)/task/\(thread)"
        let nanoseconds = ProcFile.text(folder + "/schedstat").split(separator: " ").first.flatMap { UInt64($0) }
        // Fields 14 and 15 of proc_pid_stat(5); the name before them, in parentheses, may contain spaces.
        let stat = ProcFile.text(folder + "/stat")
        let fields = stat.lastIndex(of: ")").map { stat[$0...].split(separator: " ") } ?? []
        guard let nanoseconds, fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
            return nil
        }
        return ThreadTime(total: nanoseconds, userTicks: user, systemTicks: system)
    }
}

internal import Glibc

/// A process that cannot be mistaken for a later one with the same id: ids are used again, start times are not.
struct ProcessIdentity: Hashable, Sendable, CustomStringConvertible {
    let pid: pid_t
    /// Clock ticks between the machine's start and the process's (proc_pid_stat(5), field 22).
    let startTime: UInt64

    /// - Returns: nil when no such process runs.
    init?(running pid: pid_t) {
        guard pid > 1, let bytes = AtomicFile.read("/proc/\(pid)/stat", limit: 4096) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        // The second field is the program's name in parentheses, which may hold blanks and parentheses itself.
        guard let close = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: close)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", let time = UInt64(fields[19]) else { return nil }
        self.pid = pid
        startTime = time
    }

    /// Reads what ``description`` prints.
    init?(_ text: String) {
        let parts = text.split(whereSeparator: { $0 == "-" || $0 == "\n" })
        guard parts.count == 2, let pid = pid_t(parts[0]), pid > 1, let time = UInt64(parts[1]) else { return nil }
        self.pid = pid
        startTime = time
    }

    var description: String { "\(pid)-\(startTime)" }
    var isRunning: Bool { ProcessIdentity(running: pid) == self }

    /// Resident memory in bytes; 0 when it does not run.
    var residentBytes: Int {
        guard isRunning, let bytes = AtomicFile.read("/proc/\(pid)/statm", limit: 4096) else { return 0 }
        let pages = String(decoding: bytes, as: UTF8.self).split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return (pages ?? 0) * sysconf(Int32(_SC_PAGESIZE))
    }
}

import Glibc

/// What the kernel says of a running process.
enum StatLine {
    /// Processor time so far, user and system, of the process without its children; 0 when there is none (proc_pid_stat(5)).
    static func processorSeconds(of process: pid_t) -> Double {
        let line = ProcFile.text("/proc/\(process)/stat")
        // The name in parentheses may hold blanks; the fields from the third on follow it.
        guard let close = line.lastIndex(of: ")") else { return 0 }
        let fields = line[line.index(after: close)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}

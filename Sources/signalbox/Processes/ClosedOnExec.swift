internal import Glibc

/// Descriptors that programs started later do not inherit.
enum ClosedOnExec {
    /// The read end and the write end; nil when there are no descriptors left.
    static func pipe() -> (read: Int32, write: Int32)? {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}

internal import Glibc

/// Standard output of a verb that goes on until nobody reads any more.
enum FollowedOutput {
    /// From now on a reader that is gone is no end by signal.
    static func begin() { signal(SIGPIPE, SIG_IGN) }

    /// Whether somebody still reads: a pipe whose reader is gone is noticed before there is anything to write.
    static var isRead: Bool {
        var state = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        return poll(&state, 1, 0) <= 0 || Int32(state.revents) & (POLLERR | POLLNVAL) == 0
    }
}

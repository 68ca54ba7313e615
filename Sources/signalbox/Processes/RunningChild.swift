internal import Glibc
internal import Synchronization

/// Another program that runs, the leader of a group of processes, to be ended from another thread.
final class RunningChild: Sendable {
    private struct State {
        var pid: pid_t?
        var isToEnd = false
    }

    private let state = Mutex(State())

    /// Starts it, and waits for its end.
    /// - Returns: its wait status.
    func run(_ start: () throws -> pid_t) throws -> Int32 {
        let pid = try state.withLock { state in
            let pid = try start()
            state.pid = pid
            if state.isToEnd { kill(-pid, SIGTERM) }
            return pid
        }
        var facts = siginfo_t()
        // Not reaped before its number is forgotten: it could be another program's by then.
        while waitid(P_PID, id_t(pid), &facts, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        return state.withLock { state in
            state.pid = nil
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            return status
        }
    }

    /// Asks it to end, and ends it when it has not after some seconds.
    func end() {
        let isRunning = state.withLock { state in
            state.isToEnd = true
            if let pid = state.pid { kill(-pid, SIGTERM) }
            return state.pid != nil
        }
        guard isRunning else { return }
        OwnThread.start { [self] in
            sleep(3)
            state.withLock { if let pid = $0.pid { kill(-pid, SIGKILL) } }
        }
    }
}

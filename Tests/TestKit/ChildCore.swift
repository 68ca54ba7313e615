import Glibc
import Synchronization

/// The running half of ``ChildProcess``: what its reader and reaper threads share.
final class ChildCore: Sendable {
    let pid: pid_t
    private let state: Mutex<State>

    private struct State {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var exit: ChildProcess.Exit?
        var endedAt: UInt64 = 0
        var openStreams = 2
        var input: Int32?
    }

    private init(pid: pid_t, input: Int32?) {
        self.pid = pid
        state = Mutex(State(input: input))
    }

    deinit {
        closeInput()
    }

    var output: [UInt8] { state.withLock { $0.output } }
    var errors: [UInt8] { state.withLock { $0.errors } }
    var exit: ChildProcess.Exit? { state.withLock { $0.exit } }

    /// The exit once the output is complete too. A grandchild may hold the pipes open for ever, so that is waited for
    /// one second at most.
    var settledExit: ChildProcess.Exit? {
        state.withLock { state in
            guard let exit = state.exit else { return nil }
            let waited = Monotonic.nanoseconds() &- state.endedAt
            return state.openStreams == 0 || waited > 1_000_000_000 ? exit : nil
        }
    }

    /// The child stays unreaped until the lock is held, so the id is its own for as long as `exit` is nil.
    func signal(_ number: Int32) {
        state.withLock { state in
            if state.exit == nil { kill(pid, number) }
        }
    }

    /// SIGTERM, then SIGKILL after `grace`; returns when the child is reaped.
    @discardableResult
    func end(grace: Duration) -> ChildProcess.Exit {
        signal(SIGTERM)
        let deadline = Monotonic.nanoseconds() &+ grace.nanosecondsClamped
        var killed = false
        while true {
            if let exit { return exit }
            if !killed, Monotonic.nanoseconds() > deadline {
                signal(SIGKILL)
                killed = true
            }
            poll(nil, 0, 2)
        }
    }

    func write(_ bytes: [UInt8]) {
        let descriptor = state.withLock { $0.input.map { fcntl($0, F_DUPFD_CLOEXEC, 0) } }
        guard let descriptor, descriptor >= 0 else { return }
        defer { close(descriptor) }
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent)
            }
            if count > 0 { sent += count } else if errno != EINTR { return }
        }
    }

    func closeInput() {
        let descriptor = state.withLock { state in
            defer { state.input = nil }
            return state.input
        }
        if let descriptor { close(descriptor) }
    }

    private static let oneLaunch = Mutex(())

    static func launch(
        _ program: String, _ arguments: [String], environment: [String], directory: String?, input: ChildProcess.Input
    ) throws -> ChildCore {
        // A child that ends before it has read its input must give an error to the writer, not end the tests.
        Glibc.signal(SIGPIPE, SIG_IGN)
        var plan = SpawnPlan(program: program, arguments: arguments, environment: environment, directory: directory)
        // One launch at a time: pipe2 is not visible to Swift, and a pipe is inherited until it is marked.
        let (pipes, pid, code) = try oneLaunch.withLock { _ in
            let pipes = try plan.open(withInput: input)
            let (pid, code) = plan.spawn()
            plan.closeChildSide()
            return (pipes, pid, code)
        }
        guard code == 0 else {
            for descriptor in [pipes.output, pipes.errors, pipes.input].compactMap({ $0 }) { close(descriptor) }
            throw ChildProcess.LaunchFailure(program: program, code: code)
        }
        LiveChildren.add(pid)
        let core = ChildCore(pid: pid, input: pipes.input)
        Blocking.detach { core.drain(pipes.output) { $0.output += $1 } }
        Blocking.detach { core.drain(pipes.errors) { $0.errors += $1 } }
        Blocking.detach { core.reap() }
        if case .bytes(let bytes) = input {
            Blocking.detach {
                core.write(bytes)
                core.closeInput()
            }
        }
        return core
    }

    private func drain(_ descriptor: Int32, into keep: (inout State, ArraySlice<UInt8>) -> Void) {
        var scratch = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = read(descriptor, &scratch, scratch.count)
            if count > 0 {
                state.withLock { keep(&$0, scratch[..<count]) }
            } else if count == 0 || errno != EINTR {
                break
            }
        }
        close(descriptor)
        state.withLock { $0.openStreams -= 1 }
    }

    private func reap() {
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
        state.withLock { state in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
            LiveChildren.remove(pid)
            let signal = status & 0x7f
            state.exit = signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
            state.endedAt = Monotonic.nanoseconds()
        }
    }
}

/// Children that run now; whatever is left when the test process exits is killed.
private enum LiveChildren {
    private static let pids = Mutex<Set<pid_t>>([])
    private static let installed: Void = {
        atexit { LiveChildren.killAll() }
    }()

    static func add(_ pid: pid_t) {
        _ = installed
        pids.withLock { _ = $0.insert(pid) }
    }

    static func remove(_ pid: pid_t) {
        pids.withLock { _ = $0.remove(pid) }
    }

    static func killAll() {
        pids.withLock { for pid in $0 { kill(pid, SIGKILL) } }
    }
}

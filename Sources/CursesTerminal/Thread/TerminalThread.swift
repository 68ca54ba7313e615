import CTerminal
import Glibc
import Synchronization

/// The executor of ``TerminalActor``: one thread that runs what is enqueued and sleeps in poll(2) on the descriptors of
/// the open session. It makes no turn of its loop without a reason: an idle console costs nothing.
final class TerminalThread: SerialExecutor {
    static let shared = TerminalThread()

    private struct State {
        var jobs: [UnownedJob] = []
        var thread: pthread_t?
        var turns = 0
    }

    private let state = Mutex(State())
    private let wakeDescriptor = ct_wake_descriptor()

    private init() {
        precondition(wakeDescriptor >= 0, "eventfd: error \(errno)")
    }

    /// How often the loop went round: what a test counts to see that an idle terminal sleeps.
    var turns: Int { state.withLock { $0.turns } }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { state in
            state.jobs.append(job)
            if state.thread == nil { state.thread = Self.start() }
        }
        wake()
    }

    /// Makes the loop go round once. From any thread.
    func wake() {
        var one: UInt64 = 1
        // Fails only when the counter is full, and then it wakes already.
        _ = write(wakeDescriptor, &one, 8)
    }

    private var isCurrent: Bool {
        state.withLock { state in state.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
    }

    func checkIsolated() {
        precondition(isCurrent, "not on the terminal's thread")
    }

    func isIsolatingCurrentContext() -> Bool? { isCurrent }

    private static func start() -> pthread_t {
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { _ in
                ct_begin_thread("terminal")
                TerminalThread.shared.run()
            }, nil)
        precondition(code == 0, "pthread_create: error \(code)")
        return thread
    }

    private func run() -> Never {
        while true {
            let jobs = state.withLock { state in
                defer { state.jobs = [] }
                state.turns += 1
                return state.jobs
            }
            for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
            var waiting = [pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0)]
            let timeout = TerminalActor.assumeIsolated {
                TerminalSession.current?.turn()
                waiting += TerminalSession.current?.interests ?? []
                return TerminalSession.current?.timeout ?? -1
            }
            guard poll(&waiting, nfds_t(waiting.count), timeout) >= 0 else { continue }
            if waiting[0].revents != 0 {
                var count: UInt64 = 0
                _ = read(wakeDescriptor, &count, 8)
            }
            TerminalActor.assumeIsolated {
                TerminalSession.current?.ready(waiting.dropFirst().filter { $0.revents != 0 })
            }
        }
    }
}

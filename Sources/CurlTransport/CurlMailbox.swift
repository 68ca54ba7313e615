import Glibc
import Synchronization
import WebTransport

/// What callers on any thread and the curl thread share: the orders and jobs not yet taken, and how to wake the thread.
final class CurlMailbox: Sendable {
    enum Order: Sendable {
        case start(CurlSubmission)
        case cancel(UInt64)
        /// A paused transfer has room or bytes again.
        case proceed(UInt64)
    }

    private enum Stage {
        case idle
        /// With the descriptor that ends a sleep of the thread. It is written to under the lock only, and the thread
        /// sets the stage to `closed` under the same lock before it closes it.
        case running(bell: Int32)
        case closed
    }

    private struct State {
        var stage = Stage.idle
        var orders: [Order] = []
        /// Pieces of tasks that want to run on the thread.
        var jobs: [UnownedJob] = []
        var isClosing = false
        /// The thread sleeps or is about to; a bell rung while it works would cost two system calls for nothing.
        var isAsleep = false
        var lastNumber: UInt64 = 0
    }

    private let state = Mutex(State())
    /// How many whole answers may be on the wire.
    let concurrency: Int

    init(concurrency: Int) { self.concurrency = concurrency }

    func nextNumber() -> UInt64 {
        state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
    }

    /// Hands a request to the thread, starting it when it is the first; a refusal is delivered at once.
    func start(_ submission: CurlSubmission) {
        let refusal: WebError? = state.withLock { state in
            if state.isClosing { return .transportClosed(submission.request) }
            switch state.stage {
            case .closed:
                return .transportClosed(submission.request)
            case .running(let bell):
                Self.give(.start(submission), to: &state, bell)
            case .idle:
                guard let bell = CurlThread.start(for: self) else {
                    return .transportFailed(submission.request, cause: "libcurl or its thread could not start")
                }
                state.stage = .running(bell: bell)
                state.orders.append(.start(submission))
            }
            return nil
        }
        if let refusal { submission.fail(refusal) }
    }

    /// Ends a request if it is still in flight; an unknown number is ignored.
    func cancel(_ number: UInt64) { give(.cancel(number)) }

    /// Ends a pause of a stream; an unknown number is ignored.
    func proceed(_ number: UInt64) { give(.proceed(number)) }

    private func give(_ order: Order) {
        state.withLock { state in
            guard case .running(let bell) = state.stage else { return }
            Self.give(order, to: &state, bell)
        }
    }

    private static func give(_ order: Order, to state: inout State, _ bell: Int32) {
        state.orders.append(order)
        wake(&state, bell)
    }

    private static func wake(_ state: inout State, _ bell: Int32) {
        guard state.isAsleep else { return }
        state.isAsleep = false
        ring(bell)
    }

    private static func ring(_ bell: Int32) {
        var one: UInt64 = 1
        _ = write(bell, &one, 8)
    }

    func close() {
        state.withLock { state in
            state.isClosing = true
            switch state.stage {
            case .idle: state.stage = .closed
            case .running(let bell): Self.ring(bell)
            case .closed: break
            }
        }
    }

    /// For the curl thread: the orders and the jobs, each in the sequence they were given, and whether this is the end.
    func take() -> (orders: [Order], jobs: [UnownedJob], isClosing: Bool) {
        state.withLock { state in
            let taken = (state.orders, state.jobs, state.isClosing)
            if !state.orders.isEmpty { state.orders = [] }
            if !state.jobs.isEmpty { state.jobs = [] }
            return taken
        }
    }

    /// For the curl thread: from now on orders ring the bell. False, and nothing changes, when there are some already.
    func fallAsleep() -> Bool {
        state.withLock { state in
            guard state.orders.isEmpty, state.jobs.isEmpty, !state.isClosing else { return false }
            state.isAsleep = true
            return true
        }
    }

    func awake() { state.withLock { $0.isAsleep = false } }

    /// For the curl thread, before it closes the bell: from here on nobody wakes it and nothing is accepted.
    /// Returns the orders and jobs that came too late.
    func retire() -> (orders: [Order], jobs: [UnownedJob]) {
        state.withLock { state in
            state.stage = .closed
            defer { (state.orders, state.jobs) = ([], []) }
            return (state.orders, state.jobs)
        }
    }
}

extension CurlMailbox: TaskExecutor {
    /// Runs a piece of a task between two rounds of libcurl's work; when the thread is gone or cannot start, wherever
    /// Swift runs tasks.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isTaken = state.withLock { state in
            guard !state.isClosing else { return false }
            switch state.stage {
            case .closed: return false
            case .running(let bell):
                state.jobs.append(job)
                Self.wake(&state, bell)
            case .idle:
                guard let bell = CurlThread.start(for: self) else { return false }
                state.stage = .running(bell: bell)
                state.jobs.append(job)
            }
            return true
        }
        if !isTaken { globalConcurrentExecutor.enqueue(job) }
    }
}

internal import Glibc
internal import Synchronization

/// Sleeping without libdispatch, whose timers keep a thread awake: one thread that sleeps until the next that is due, and
/// for ever while nobody sleeps.
final class AlarmClock: Sendable {
    private struct State {
        var sleepers: [Int: Sleeper] = [:]
        var next = 0
        /// Until when the thread sleeps; nil: for ever, or there is none yet.
        var until: ContinuousClock.Instant?
        var wakeUp: Int32?
    }

    private enum Sleeper {
        case asleep(due: ContinuousClock.Instant, CheckedContinuation<Void, Never>)
        /// Cancelled before it slept.
        case cancelled
    }

    private let state = Mutex(State())

    func sleep(for duration: Duration) async { await sleep(until: .now + duration) }

    /// Returns at the instant, or early when the task is cancelled.
    func sleep(until due: ContinuousClock.Instant) async {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { add($0, id, due) }
        } onCancel: {
            cancel(id)
        }
        state.withLock { $0.sleepers[id] = nil }
    }

    private func add(_ continuation: CheckedContinuation<Void, Never>, _ id: Int, _ due: ContinuousClock.Instant) {
        let (isOver, wakeUp) = state.withLock { state -> (Bool, Int32?) in
            if case .cancelled? = state.sleepers[id] { return (true, nil) }
            guard due > .now, let end = begin(&state) else { return (true, nil) }
            state.sleepers[id] = .asleep(due: due, continuation)
            return (false, state.until.map { due < $0 } ?? true ? end : nil)
        }
        if isOver { continuation.resume() }
        if let wakeUp { ring(wakeUp) }
    }

    /// The thread wakes once at the time that nobody waits for any more: cheaper than to wake it for every key.
    private func cancel(_ id: Int) {
        let sleeper = state.withLock { state in
            defer { state.sleepers[id] = .cancelled }
            return state.sleepers[id]
        }
        if case .asleep(_, let continuation)? = sleeper { continuation.resume() }
    }

    /// The end of the pipe that wakes the thread; nil: there are no descriptors left, and nobody sleeps.
    private func begin(_ state: inout State) -> Int32? {
        if let end = state.wakeUp { return end }
        guard let ends = ClosedOnExec.pipe() else { return nil }
        _ = fcntl(ends.read, F_SETFL, O_NONBLOCK)
        state.wakeUp = ends.write
        OwnThread.start { [self] in run(ends.read) }
        return ends.write
    }

    private func ring(_ end: Int32) {
        var byte: UInt8 = 0
        _ = Glibc.write(end, &byte, 1)
    }

    private func run(_ bell: Int32) {
        while true {
            let (due, until) = state.withLock { state in
                let now = ContinuousClock.now
                var due: [CheckedContinuation<Void, Never>] = []
                var until: ContinuousClock.Instant?
                for (id, sleeper) in state.sleepers {
                    guard case .asleep(let moment, let continuation) = sleeper else { continue }
                    if moment <= now {
                        state.sleepers[id] = nil
                        due.append(continuation)
                    } else {
                        until = min(until ?? moment, moment)
                    }
                }
                state.until = until
                return (due, until)
            }
            for continuation in due { continuation.resume() }
            let left = until.map { max(0, ($0 - .now) / .milliseconds(1)) }
            var waiting = pollfd(fd: bell, events: Int16(POLLIN), revents: 0)
            poll(&waiting, 1, left.map { Int32(clamping: Int($0.rounded(.up))) } ?? -1)
            var bytes = [UInt8](repeating: 0, count: 64)
            if waiting.revents != 0 { _ = read(bell, &bytes, bytes.count) }
        }
    }
}

import EdgeModel
import Glibc
import Synchronization

/// A wait for another process's lock that has become long enough to be told.
package struct LockWait: Hashable, Sendable {
    /// The state.
    package var path: String
    /// `process 4711 (signalbox)`, or `another process` where the system does not say.
    package var holder: String
    /// When it is given up.
    package var limit: Duration
}

/// What a connection does while another has the lock: it asks again every few milliseconds. SQLite knows no queue, so
/// who asks often waits least; its own handler pauses for up to 100 ms between questions.
final class BusyWait: Sendable {
    private struct State {
        var since = ContinuousClock.now
        var isTold = false
    }

    private let limit: Duration
    private let path: String
    private let isWaiting: (@Sendable (LockWait) -> Void)?
    private let state = Mutex(State())

    init(limit: Duration, path: String, isWaiting: (@Sendable (LockWait) -> Void)?) {
        self.limit = limit
        self.path = path
        self.isWaiting = isWaiting
    }

    /// Pauses, and says whether to ask again.
    /// - Parameter tries: how often it was asked in vain in this wait before, from 0.
    func again(tries: Int) -> Bool {
        let (isOver, tells) = state.withLock { state in
            if tries == 0 { state = State() }
            let waited = ContinuousClock.now - state.since
            defer { state.isTold = state.isTold || waited >= .seconds(1) }
            return (waited >= limit, waited >= .seconds(1) && !state.isTold)
        }
        if isOver { return false }
        if tells, let isWaiting {
            let holder = LockHolder.find(path: path).map { "process \($0)" } ?? "another process"
            isWaiting(LockWait(path: path, holder: holder, limit: limit))
        }
        usleep(tries < 4 ? 1_000 : 5_000)
        return true
    }
}

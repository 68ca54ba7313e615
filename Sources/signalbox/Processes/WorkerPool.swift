internal import Synchronization

/// A few threads for the tasks of a program that sleeps when nothing happens.
///
/// Swift's own pool on Linux is libdispatch's, and once that has run anything its manager thread looks after it every
/// second for ever. Given as executor preference (SE-0417), which structured child tasks inherit: unstructured tasks
/// must be given it too. Threads begin with the first jobs and stay.
final class WorkerPool: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var threads = 0
        var waiting = 0
    }

    /// So many jobs at once: more than one, so that one that reads a disk holds up no other.
    private let width: Int
    private let state = Mutex(State())
    private let work = Semaphore()

    init(width: Int) { self.width = width }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let begins = state.withLock { state in
            state.jobs.append(job)
            guard state.threads < width, state.waiting < state.jobs.count else { return false }
            state.threads += 1
            return true
        }
        if begins { OwnThread.start { [self] in run() } }
        work.post()
    }

    private func run() {
        while true {
            state.withLock { $0.waiting += 1 }
            work.wait()
            let job = state.withLock { state -> UnownedJob? in
                state.waiting -= 1
                return state.jobs.isEmpty ? nil : state.jobs.removeFirst()
            }
            job?.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}

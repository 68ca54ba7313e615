internal import Synchronization
internal import TerminalUI

/// What the console runs on instead of Swift's own pool and timers, so that nothing wakes it while nothing happens.
enum QuietProcess {
    static let pool = WorkerPool(width: 4)
    static let alarm = AlarmClock()

    /// Runs to its end while the calling thread waits.
    ///
    /// To be called before the process has awaited anything: what was awaited ran in the pool that is not to run.
    static func run(_ body: @escaping @Sendable () async -> Int32) -> Int32 {
        let (end, status) = (Semaphore(), StatusBox())
        Task.detached(executorPreference: pool) {
            let code = await body()
            status.value.store(code, ordering: .releasing)
            end.post()
        }
        end.wait()
        return status.value.load(ordering: .acquiring)
    }

    private final class StatusBox: Sendable { let value = Atomic<Int32>(0) }

    /// Monotonic, zero when this is called.
    static func clock() -> RunnerClock {
        let start = ContinuousClock.now
        return RunnerClock {
            let passed = start.duration(to: .now).components
            return Instant(milliseconds: passed.seconds * 1_000 + passed.attoseconds / 1_000_000_000_000_000)
        } sleep: { until in
            await alarm.sleep(until: start.advanced(by: .milliseconds(until.milliseconds)))
        }
    }
}

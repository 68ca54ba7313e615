/// A point of the console's own time: milliseconds that only grow, from an arbitrary start. It comes in with every
/// message, so that nothing below the runner has a clock.
package struct Instant: Sendable, Hashable, Comparable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static let zero = Instant(milliseconds: 0)

    /// Later by so many milliseconds; stops at the ends of time.
    package func adding(_ milliseconds: Int64) -> Instant {
        let (sum, overflow) = self.milliseconds.addingReportingOverflow(milliseconds)
        return Instant(milliseconds: overflow ? (milliseconds < 0 ? .min : .max) : sum)
    }

    /// Milliseconds since an earlier instant; negative when it is later.
    package func since(_ other: Instant) -> Int64 {
        let (difference, overflow) = milliseconds.subtractingReportingOverflow(other.milliseconds)
        return overflow ? (milliseconds < other.milliseconds ? .min : .max) : difference
    }

    package static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }
}

/// Where a runner's time comes from.
package struct RunnerClock: Sendable {
    package let now: @Sendable () -> Instant
    /// Returns at the instant, or early when its task is cancelled.
    package let sleep: @Sendable (_ until: Instant) async -> Void

    package init(now: @escaping @Sendable () -> Instant, sleep: @escaping @Sendable (Instant) async -> Void) {
        self.now = now
        self.sleep = sleep
    }

    /// The machine's monotonic clock, zero when this is called. For the executable to pass in.
    package static func monotonic() -> RunnerClock {
        let clock = ContinuousClock()
        let start = clock.now
        return RunnerClock {
            let passed = start.duration(to: clock.now).components
            return Instant(milliseconds: passed.seconds * 1000 + passed.attoseconds / 1_000_000_000_000_000)
        } sleep: { until in
            try? await clock.sleep(until: start.advanced(by: .milliseconds(until.milliseconds)))
        }
    }
}

extension MigrationEngine {
    /// What it needs of the world.
    package struct Surroundings: Sendable {
        /// Since some moment; never goes back.
        let now: @Sendable () -> Duration
        let sleep: @Sendable (Duration) async -> Void
        /// Milliseconds since 1970.
        let date: @Sendable () -> Int64
        /// Processor time that this process used, divided by the number of processors.
        let processorTime: @Sendable () -> Duration
        /// A number from 0 to 1, so that retries do not march in step.
        let random: @Sendable () -> Double

        /// - Parameter clock: for pauses, rates and what is measured by the second.
        package init<C: Clock>(
            clock: C, date: @escaping @Sendable () -> Int64, processorTime: @escaping @Sendable () -> Duration,
            random: @escaping @Sendable () -> Double
        ) where C.Duration == Duration {
            let start = clock.now
            now = { start.duration(to: clock.now) }
            // Whoever is cancelled meanwhile finds out by itself.
            sleep = { try? await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
            self.date = date
            self.processorTime = processorTime
            self.random = random
        }
    }
}

/// A limit of so many units a second, kept on average: whoever comes is told how long to wait. Half a second's worth may
/// go at once.
package struct RateGate: Sendable {
    private var rate: Double?
    /// When the units that were given out so far are paid for; a reading of the caller's clock.
    private var paid: Duration?

    package init(perSecond rate: Double?) { self.rate = rate }

    package mutating func change(perSecond rate: Double?) {
        guard rate != self.rate else { return }
        self.rate = rate
        paid = nil
    }

    /// - Parameter now: a reading of a clock that never goes back.
    package mutating func wait(for units: Double, now: Duration) -> Duration {
        guard let rate, rate > 0 else { return .zero }
        let start = max(paid ?? now, now - .milliseconds(500))
        paid = start + .seconds(units / rate)
        return max(.zero, start - now)
    }
}

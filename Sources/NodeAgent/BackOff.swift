/// Growing pauses between tries: each twice the one before, up to a limit, shortened by chance so that many nodes
/// do not knock at the same moment.
struct BackOff: Hashable, Sendable {
    let first: Duration
    let limit: Duration
    private(set) var tries = 0

    init(first: Duration, limit: Duration) {
        self.first = first
        self.limit = limit
    }

    /// The next pause. `chance` in 0..<1 takes away up to half of it.
    mutating func next(chance: Double) -> Duration {
        let full = min(limit, first * (1 << min(tries, 20)))
        tries += 1
        return full * (1 - min(1, max(0, chance)) / 2)
    }

    mutating func reset() { tries = 0 }
}

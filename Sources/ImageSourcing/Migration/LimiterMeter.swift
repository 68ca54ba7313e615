/// Tells what holds a migration back, from samples of what its transfers are waiting for. A quota that is used up is known
/// and needs no samples.
package struct LimiterMeter: Sendable {
    /// One look: how many transfers wait for what.
    package struct Sample: Hashable, Sendable {
        package var source: Int
        package var target: Int
        package var cap: Int
        /// Transfers that have no object although more could come.
        package var idle: Int
        /// Share of all processors that this process used since the last sample, 0 to 1.
        package var processor: Double

        package init(
            source: Int = 0, target: Int = 0, cap: Int = 0, idle: Int = 0, processor: Double = 0
        ) {
            self.source = source
            self.target = target
            self.cap = cap
            self.idle = idle
            self.processor = processor
        }
    }

    /// Weight of what was before: about the last two seconds count at four samples a second.
    private static let memory = 0.8
    /// From here on the processors are what is short.
    private static let busy = 0.85

    private var shares: [Limiter: Double] = [:]
    private var processor = 0.0

    package init() {}

    package mutating func add(_ sample: Sample) {
        func blend(_ old: Double, _ new: Double) -> Double { old * Self.memory + new * (1 - Self.memory) }
        let counts: [(Limiter, Int)] = [
            (.listing, sample.idle), (.source, sample.source), (.target, sample.target), (.cap, sample.cap),
        ]
        for (limiter, count) in counts { shares[limiter] = blend(shares[limiter] ?? 0, Double(count)) }
        processor = blend(processor, sample.processor)
    }

    package var limiter: Limiter {
        if processor >= Self.busy { return .cpu }
        // In a fixed order, so that equal shares give one answer.
        let order: [Limiter] = [.cap, .target, .source, .listing]
        return order.max { (shares[$0] ?? 0) < (shares[$1] ?? 0) } ?? .listing
    }
}

internal import Synchronization

/// What one configuration has counted for one zone since it came to this process. Shared by all plans of the zone that
/// serve it, so that a new one goes on counting. Workers add without locks; readers see each number whole, but not all at once.
struct ConfigurationCounters: ~Copyable {
    /// Upper bounds in microseconds, ascending: the same as `LatencyFigures.standardBounds` in the fleet's figures.
    static let bounds: [UInt64] = [
        500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
        10_000_000,
    ]

    let ruleCount: Int
    /// Guarded by the table's lock.
    var users = 0
    // Requests, five status classes, one number for each latency bucket, total latency, then the rules' hits.
    private let numbers: UnsafeMutablePointer<Atomic<UInt64>>
    private static let firstBucket = 6
    private static let total = firstBucket + 15
    private static let firstRule = total + 1

    init(ruleCount: Int) {
        self.ruleCount = ruleCount
        numbers = .allocate(capacity: Self.firstRule + ruleCount)
        for index in 0..<Self.firstRule + ruleCount { (numbers + index).initialize(to: Atomic(0)) }
    }

    deinit {
        numbers.deinitialize(count: Self.firstRule + ruleCount)
        numbers.deallocate()
    }

    private func add(_ amount: UInt64, _ index: Int) {
        _ = numbers[index].wrappingAdd(amount, ordering: .relaxed)
    }

    private func read(_ index: Int) -> UInt64 { numbers[index].load(ordering: .relaxed) }

    /// A finished request. Status 0 (no answer was given) belongs to no class.
    func count(status: Int, microseconds: UInt64) {
        add(1, 0)
        if (100...599).contains(status) { add(1, status / 100) }
        var bucket = 0
        while bucket < Self.bounds.count, microseconds > Self.bounds[bucket] { bucket &+= 1 }
        add(1, Self.firstBucket &+ bucket)
        add(microseconds, Self.total)
    }

    func countHit(rule: Int) {
        if rule >= 0, rule < ruleCount { add(1, Self.firstRule &+ rule) }
    }

    var requests: UInt64 { read(0) }
    var statusClasses: [UInt64] { (1...5).map { read($0) } }
    /// One more than the bounds, not cumulative.
    var latencies: [UInt64] { (0...Self.bounds.count).map { read(Self.firstBucket + $0) } }
    var totalLatency: UInt64 { read(Self.total) }
    func hits(rule: Int) -> UInt64 { read(Self.firstRule + rule) }
}

/// Measured values of one thing.
struct Samples: Sendable {
    private(set) var sorted: [Double]

    init(_ values: [Double]) { sorted = values.sorted() }

    var count: Int { sorted.count }
    var median: Double { quantile(0.5) }
    var smallest: Double { sorted.first ?? .nan }
    var largest: Double { sorted.last ?? .nan }
    /// Half the distance between the quartiles: how far values lie about the median, outliers aside.
    var spread: Double { (quantile(0.75) - quantile(0.25)) / 2 }

    /// The smallest value that at least this share of all does not exceed.
    func quantile(_ share: Double) -> Double {
        guard !sorted.isEmpty else { return .nan }
        let rank = Int((share * Double(sorted.count)).rounded(.up)) - 1
        return sorted[min(max(rank, 0), sorted.count - 1)]
    }

    /// The usual figures under names that begin with `name`.
    func figures(_ name: String, _ unit: String) -> [String: Double] {
        [
            "\(name)_min_\(unit)": smallest, "\(name)_p50_\(unit)": median, "\(name)_p95_\(unit)": quantile(0.95),
            "\(name)_p99_\(unit)": quantile(0.99), "\(name)_max_\(unit)": largest, "\(name)_count": Double(count),
        ]
    }
}

/// What one configuration answered in the last seconds, over all nodes.
package struct RecentFigures: Hashable, Sendable, Codable {
    /// `shop@2`, or `zone 101` for a zone's own configuration.
    package var label: String
    package var application: String?
    package var version: Int?
    /// Since the server first heard of the nodes.
    package var total: Int
    package var perSecond: Double
    /// Answers with status 1xx, 2xx, 3xx, 4xx, 5xx within the window.
    package var statusClasses: [Int]
    /// Microseconds; upper bounds of the histogram's steps; nil: no request.
    package var p50: Int?
    package var p95: Int?
    package var p99: Int?
}

/// Cumulative counters over time → what happened lately. Pure: times come in.
package struct FiguresWindow: Sendable {
    /// Milliseconds that count as lately. Nodes report every two seconds.
    package static let length: Int64 = 10_000

    private var samples: [(at: Timestamp, figures: NodeFigures)] = []

    package init() {}

    /// Keeps one sample older than the window, so that the window is always whole.
    package mutating func add(_ figures: [NodeFigures], at now: Timestamp) {
        samples.append((now, figures.reduce(NodeFigures()) { $0.adding($1) }))
        while samples.count > 2, samples[1].at.milliseconds <= now.milliseconds - Self.length { samples.removeFirst() }
    }

    /// Busiest first.
    package var recent: [RecentFigures] {
        guard let first = samples.first, let last = samples.last else { return [] }
        let seconds = max(Double(last.at.milliseconds - first.at.milliseconds) / 1000, 0.001)
        let before = Dictionary(
            first.figures.configurations.map { ($0.configuration, $0) }, uniquingKeysWith: { first, _ in first })
        return last.figures.configurations.map { now in
            let old = before[now.configuration]
            let latency = now.latency.subtracting(old?.latency)
            let requests = samples.count < 2 ? 0 : now.requests - (old?.requests ?? 0)
            return RecentFigures(
                label: now.label, application: now.application, version: now.version, total: now.requests,
                perSecond: Double(requests) / seconds,
                statusClasses: now.statusClasses.enumerated().map { index, count in
                    samples.count < 2
                        ? 0
                        : count - (old.flatMap { index < $0.statusClasses.count ? $0.statusClasses[index] : nil } ?? 0)
                },
                p50: latency.quantile(0.5), p95: latency.quantile(0.95), p99: latency.quantile(0.99))
        }.sorted { ($0.perSecond, $0.total, $1.label) > ($1.perSecond, $1.total, $0.label) }
    }
}

extension ConfigurationFigures {
    package var label: String {
        if let application, let version { return "\(application)@\(version)" }
        return "zone \(configuration)"
    }
}

extension LatencyFigures {
    /// What was counted since `earlier`; itself when the steps are others.
    package func subtracting(_ earlier: LatencyFigures?) -> LatencyFigures {
        guard let earlier, earlier.bounds == bounds, earlier.counts.count == counts.count else { return self }
        return LatencyFigures(
            bounds: bounds, counts: zip(counts, earlier.counts).map { max($0 - $1, 0) },
            total: max(total - earlier.total, 0))
    }

    /// Upper bound in microseconds of the step in which a share of all times lies; nil: nothing was counted.
    package func quantile(_ share: Double) -> Int? {
        let all = count
        guard all > 0 else { return nil }
        var left = Int((Double(all) * share).rounded(.up))
        for (index, step) in counts.enumerated() {
            left -= step
            if left <= 0 { return index < bounds.count ? bounds[index] : bounds.last }
        }
        return bounds.last
    }
}

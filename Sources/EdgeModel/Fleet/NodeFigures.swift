package import EdgePlan

/// Counters of one Envoy process, or of many added up.
package struct NodeFigures: Hashable, Sendable, Codable {
    package var configurations: [ConfigurationFigures]
    package var rules: [RuleFigures]
    package var clusters: [ClusterFigures]

    package init(
        configurations: [ConfigurationFigures] = [], rules: [RuleFigures] = [], clusters: [ClusterFigures] = []
    ) {
        self.configurations = configurations
        self.rules = rules
        self.clusters = clusters
    }

    /// Where counters stop: no process gets that far, and a whole histogram of such can still be added up.
    package static let mostCounted = 1 << 53
}

/// Requests answered by one configuration for one zone.
package struct ConfigurationFigures: Hashable, Sendable, Codable {
    package var configuration: ConfigurationID
    /// nil: for all zones that it serves together.
    package var zone: String?
    /// nil for a zone's own configuration.
    package var application: String?
    package var version: Int?
    package var requests: Int
    /// Answers with status 1xx, 2xx, 3xx, 4xx, 5xx, in that order.
    package var statusClasses: [Int]
    package var latency: LatencyFigures

    package init(
        configuration: ConfigurationID, zone: String? = nil, application: String? = nil, version: Int? = nil,
        requests: Int = 0, statusClasses: [Int] = [0, 0, 0, 0, 0], latency: LatencyFigures = LatencyFigures()
    ) {
        self.configuration = configuration
        self.zone = zone
        self.application = application
        self.version = version
        self.requests = requests
        self.statusClasses = statusClasses
        self.latency = latency
    }
}

/// Times from request to end of answer, counted by upper bound.
package struct LatencyFigures: Hashable, Sendable, Codable {
    /// Upper bounds in microseconds, ascending; what is above the last is counted in one place more.
    package static let standardBounds = [
        500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
        10_000_000,
    ]

    package var bounds: [Int]
    /// Not cumulative; one more than the bounds.
    package var counts: [Int]
    /// Sum of all times in microseconds.
    package var total: Int

    package init(bounds: [Int] = standardBounds, counts: [Int]? = nil, total: Int = 0) {
        self.bounds = bounds
        self.counts = counts ?? Array(repeating: 0, count: bounds.count + 1)
        self.total = total
    }

    package var count: Int { counts.reduce(0, &+) }
}

/// Times one rule matched.
package struct RuleFigures: Hashable, Sendable, Codable {
    package var configuration: ConfigurationID
    /// nil: for all zones that the configuration serves together.
    package var zone: String?
    package var ref: String
    package var hits: Int

    package init(configuration: ConfigurationID, zone: String? = nil, ref: String, hits: Int) {
        self.configuration = configuration
        self.zone = zone
        self.ref = ref
        self.hits = hits
    }
}

/// What an origin did, and how well it is now.
package struct ClusterFigures: Hashable, Sendable, Codable {
    /// `OriginPlan.name`.
    package var name: String
    package var requests: Int
    package var failures: Int
    package var retries: Int
    /// Endpoints now, and those of them that are healthy: gauges, not counters.
    package var endpoints: Int
    package var healthy: Int

    package init(
        name: String, requests: Int = 0, failures: Int = 0, retries: Int = 0, endpoints: Int = 0, healthy: Int = 0
    ) {
        self.name = name
        self.requests = requests
        self.failures = failures
        self.retries = retries
        self.endpoints = endpoints
        self.healthy = healthy
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

/// What was counted for a subject in some time.
package struct TrafficCounts: Hashable, Sendable, Codable {
    package var requests: Int
    /// Answers with status 1xx, 2xx, 3xx, 4xx, 5xx, in that order; an origin's are not told apart.
    package var statusClasses: [Int]
    /// An origin's times are not counted.
    package var latency: LatencyFigures
    /// Of an origin: answers with status 5xx, and requests sent to it again.
    package var failures: Int
    package var retries: Int

    package init(
        requests: Int = 0, statusClasses: [Int] = [0, 0, 0, 0, 0], latency: LatencyFigures = LatencyFigures(),
        failures: Int = 0, retries: Int = 0
    ) {
        self.requests = requests
        self.statusClasses = statusClasses
        self.latency = latency
        self.failures = failures
        self.retries = retries
    }

    package var isZero: Bool {
        requests == 0 && failures == 0 && retries == 0 && statusClasses.allSatisfy { $0 == 0 }
            && latency.count == 0 && latency.total == 0
    }

    /// Answers with status 5xx, whatever the subject.
    package var errors: Int { failures + (statusClasses.count > 4 ? statusClasses[4] : 0) }

    package func adding(_ other: TrafficCounts) -> TrafficCounts {
        TrafficCounts(
            requests: requests &+ other.requests,
            statusClasses: combined(statusClasses, other.statusClasses) { $0 &+ $1 },
            latency: latency.adding(other.latency), failures: failures &+ other.failures,
            retries: retries &+ other.retries)
    }

    /// What was counted since `earlier`, never less than nothing.
    func subtracting(_ earlier: TrafficCounts) -> TrafficCounts {
        TrafficCounts(
            requests: max(requests - earlier.requests, 0),
            statusClasses: combined(statusClasses, earlier.statusClasses) { max($0 - $1, 0) },
            latency: latency.subtracting(earlier.latency), failures: max(failures - earlier.failures, 0),
            retries: max(retries - earlier.retries, 0))
    }

    /// Split into as many shares as there are weights, in their proportion; the sum of all shares is the whole.
    ///
    /// Every number is split by itself, so that within one share requests and times may differ by one.
    func shares(_ weights: [Int64]) -> [TrafficCounts] {
        let all = max(weights.reduce(0, +), 1)
        var done: Int64 = 0
        return weights.map { weight in
            let (before, after) = (done, done + weight)
            done = after
            func part(_ number: Int) -> Int {
                let number = Int64(number)
                return Int(number.scaled(by: after, over: all) - number.scaled(by: before, over: all))
            }
            return TrafficCounts(
                requests: part(requests), statusClasses: statusClasses.map(part),
                latency: LatencyFigures(
                    bounds: latency.bounds, counts: latency.counts.map(part), total: part(latency.total)),
                failures: part(failures), retries: part(retries))
        }
    }
}

extension Int64 {
    /// Without overflow on the way, rounded down; both are at least 0, and the result is not above `self`.
    fileprivate func scaled(by numerator: Int64, over denominator: Int64) -> Int64 {
        let product = multipliedFullWidth(by: numerator)
        return denominator.dividingFullWidth(product).quotient
    }
}

private func combined(_ a: [Int], _ b: [Int], _ change: (Int, Int) -> Int) -> [Int] {
    (0..<max(a.count, b.count)).map { change($0 < a.count ? a[$0] : 0, $0 < b.count ? b[$0] : 0) }
}

/// How many endpoints of an origin there are, and how many of them are well, as the node that sees it worst sees it.
package struct OriginHealth: Hashable, Sendable, Codable {
    package var endpoints: Int
    package var healthy: Int

    package init(endpoints: Int, healthy: Int) {
        self.endpoints = endpoints
        self.healthy = healthy
    }

    package func worse(_ other: OriginHealth) -> OriginHealth {
        (healthy, -endpoints) <= (other.healthy, -other.endpoints) ? self : other
    }
}

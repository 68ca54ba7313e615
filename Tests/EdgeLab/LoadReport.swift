import TestKit

/// A load run's figures as they are printed.
struct LoadReport: Encodable {
    let kind: String
    /// Length of what is reported, in seconds: the last second, or the whole run.
    let seconds: Double
    let requests: Int
    let responses: Int
    let statuses: [String: Int]
    let tally: [String: Int]
    let failures: Failures
    let unexpected: Unexpected
    let latencyMicroseconds: Latency
    let connections: Connections
    /// Only in the report of the whole run.
    let requestsPerSecond: Double?
    let targets: [Target]?
    let firstFailures: [LoadTally.Note]?

    struct Failures: Encodable {
        let total: Int
        let kinds: [String: Int]
    }

    /// Complete answers that are not what they should be.
    struct Unexpected: Encodable {
        let statuses, values: Int
    }

    struct Latency: Encodable {
        let mean, p50, p95, p99, p999, max: Double
    }

    struct Connections: Encodable {
        let opened, agreedCloses, idleCloses: Int
    }

    struct Target: Encodable {
        let target: HostPort
        let requests: Int
        let responses: Int
        let statuses: [String: Int]
        let tally: [String: Int]
        let failures: Int
    }

    /// The last second.
    init(second tally: LoadTally, seconds: Double) {
        self.init("second", tally, seconds: seconds, targets: nil)
    }

    /// The whole run.
    init(result byTarget: [(HostPort, LoadTally)], seconds: Double) {
        var sum = LoadTally()
        for (_, tally) in byTarget { sum.merge(tally) }
        self.init("result", sum, seconds: seconds, targets: byTarget.map { Target($0, $1) })
    }

    var isFlawless: Bool {
        failures.total == 0 && unexpected.statuses == 0 && unexpected.values == 0
            && !statuses.keys.contains { $0.hasPrefix("5") }
    }

    private init(_ kind: String, _ sum: LoadTally, seconds: Double, targets: [Target]?) {
        self.kind = kind
        self.seconds = (seconds * 1000).rounded() / 1000
        requests = sum.requests
        responses = sum.responses
        statuses = Self.byText(sum.statuses)
        tally = sum.values
        let kinds = LoadTally.Failure.allCases.map { ($0.rawValue, sum.failures[$0] ?? 0) }
        failures = Failures(total: sum.failed, kinds: Dictionary(uniqueKeysWithValues: kinds))
        unexpected = Unexpected(statuses: sum.unexpectedStatuses, values: sum.unexpectedValues)
        latencyMicroseconds = Latency(sum.latency)
        connections = Connections(opened: sum.opened, agreedCloses: sum.agreedCloses, idleCloses: sum.idleCloses)
        let isResult = targets != nil
        requestsPerSecond = isResult && seconds > 0 ? (Double(sum.requests) / seconds * 10).rounded() / 10 : nil
        self.targets = targets
        firstFailures = isResult ? sum.notes : nil
    }

    fileprivate static func byText(_ statuses: [Int: Int]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: statuses.map { ("\($0)", $1) })
    }

    /// The report for people.
    var text: String {
        let sorted = { (counts: [String: Int]) in
            counts.sorted { $0.key < $1.key }.map { "\($0.key) × \($0.value)" }.joined(separator: "  ")
        }
        let latency = latencyMicroseconds
        var lines = [
            "requests   \(requests) in \(seconds) s", "responses  \(sorted(statuses))",
            "failures   \(failures.total)"
                + (failures.total > 0 ? "  (\(sorted(failures.kinds.filter { $0.value > 0 })))" : ""),
            "latency µs p50 \(latency.p50)  p95 \(latency.p95)  p99 \(latency.p99)  max \(latency.max)",
        ]
        if unexpected.statuses + unexpected.values > 0 {
            lines.append("unexpected statuses \(unexpected.statuses)  values \(unexpected.values)")
        }
        if !tally.isEmpty { lines.insert("tally      \(sorted(tally))", at: 2) }
        for note in firstFailures ?? [] {
            lines.append("  at \(note.second) s  \(note.target)  \(note.path)  \(note.reason)")
        }
        return lines.joined(separator: "\n")
    }
}

extension LoadReport.Latency {
    init(_ histogram: LatencyHistogram) {
        let micro = { (nanoseconds: UInt64) in (Double(nanoseconds) / 100).rounded() / 10 }
        self.init(
            mean: (histogram.mean / 100).rounded() / 10, p50: micro(histogram.nanoseconds(quantile: 0.5)),
            p95: micro(histogram.nanoseconds(quantile: 0.95)), p99: micro(histogram.nanoseconds(quantile: 0.99)),
            p999: micro(histogram.nanoseconds(quantile: 0.999)), max: micro(histogram.largest))
    }
}

extension LoadReport.Target {
    init(_ target: HostPort, _ sum: LoadTally) {
        self.init(
            target: target, requests: sum.requests, responses: sum.responses, statuses: LoadReport.byText(sum.statuses),
            tally: sum.values, failures: sum.failed)
    }
}

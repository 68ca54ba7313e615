package import EdgeModel

/// What a rule has done, ever or in a span of time.
package struct MailRuleCounters: Hashable, Sendable {
    package var domain: String
    /// A ref, `catch-all`, or `-` for mail that no rule took.
    package var rule: String
    /// Recipients it decided about, or for tag and observe passed by.
    package var matched = 0
    package var forwarded = 0
    package var dropped = 0
    package var rejected = 0
    package var deferredHere = 0
    package var toWorker = 0
    package var workerFailures = 0
    /// From the mail server's log.
    package var delivered = 0
    package var deferred = 0
    package var bounced = 0
    package var lastAt: Timestamp?

    package init(domain: String, rule: String) {
        self.domain = domain
        self.rule = rule
    }

    /// All that is counted, in one order.
    package static let counts: [any WritableKeyPath<MailRuleCounters, Int> & Sendable] = [
        \.matched, \.forwarded, \.dropped, \.rejected, \.deferredHere, \.toWorker, \.workerFailures, \.delivered,
        \.deferred, \.bounced,
    ]

    /// Deliveries that failed, and workers.
    package var failed: Int { deferred + bounced + workerFailures }

    package static func += (sum: inout MailRuleCounters, more: MailRuleCounters) {
        for count in counts { sum[keyPath: count] += more[keyPath: count] }
        sum.lastAt = [sum.lastAt, more.lastAt].compactMap(\.self).max()
    }
}

/// What a rule did in five minutes.
package struct MailCounterSpan: Hashable, Sendable {
    /// Milliseconds.
    package static let length: Int64 = 300_000

    /// A multiple of ``length``.
    package var start: Timestamp
    package var counters: MailRuleCounters

    package init(start: Timestamp, counters: MailRuleCounters) {
        self.start = start
        self.counters = counters
    }

    /// The beginning of the five minutes that a time lies in.
    package static func start(of time: Timestamp) -> Timestamp {
        let rest = time.milliseconds % length
        return time.advanced(byMilliseconds: -(rest < 0 ? rest + length : rest))
    }

    /// Sums by domain and rule.
    package static func totals(_ spans: some Sequence<MailCounterSpan>) -> [MailRuleCounters] {
        var sums: [[String]: MailRuleCounters] = [:]
        for span in spans {
            let (domain, rule) = (span.counters.domain, span.counters.rule)
            sums[[domain, rule], default: MailRuleCounters(domain: domain, rule: rule)] += span.counters
        }
        return sums.values.sorted { ($0.domain, $0.rule) < ($1.domain, $1.rule) }
    }
}

/// How a worker answered.
package struct MailWorkerFigures: Hashable, Sendable {
    package var worker: ResourceName
    package var asked: Int
    package var failed: Int
    /// Milliseconds that half, and nineteen of twenty, of its answers did not exceed.
    package var median: Int
    package var slow: Int
    /// Of the newest run; nil when that did not fail.
    package var standingFailure: String?

    /// Nil for no runs.
    package init?(_ worker: ResourceName, _ runs: [(at: Timestamp, milliseconds: Int, failure: String?)]) {
        guard let newest = runs.max(by: { $0.at < $1.at }) else { return nil }
        let times = runs.map(\.milliseconds).sorted()
        func percentile(_ percent: Int) -> Int { times[max(0, (times.count * percent + 99) / 100 - 1)] }
        self.worker = worker
        asked = runs.count
        failed = runs.count { $0.failure != nil }
        (median, slow) = (percentile(50), percentile(95))
        standingFailure = newest.failure
    }
}

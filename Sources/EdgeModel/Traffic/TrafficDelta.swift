/// What one node counted between two of its reports.
package struct TrafficDelta: Hashable, Sendable {
    package var node: ResourceName
    /// When the server had the later report.
    package var at: Timestamp
    /// Milliseconds from the report before; 0: the clocks do not say.
    package var length: Int64
    /// What counted nothing is left out.
    package var counts: [TrafficSubject: TrafficCounts]
    /// How its origins are now.
    package var health: [TrafficSubject: OriginHealth]

    package init(
        node: ResourceName, at: Timestamp, length: Int64, counts: [TrafficSubject: TrafficCounts],
        health: [TrafficSubject: OriginHealth] = [:]
    ) {
        self.node = node
        self.at = at
        self.length = length
        self.counts = counts
        self.health = health
    }
}

/// Reports of one node, whose counters go on over restarts of its Envoy, → what it counted from one to the next.
package struct TrafficMeter: Sendable {
    private var ledger = FiguresLedger()
    private var known: [TrafficSubject: TrafficCounts] = [:]
    private var hasRequests = false
    private var hasOrigins = false
    private var last: (here: Timestamp, there: Timestamp)?

    package init() {}

    /// The first report says nothing: when its counts came about is not known. That is so for each of the two that are
    /// read apart on a node, the module's and the origins', as one may fail where the other does not.
    package mutating func take(_ report: NodeReport, at now: Timestamp) -> TrafficDelta {
        ledger.take(report)
        let totals = Self.counts(ledger.totalsByZone, of: report.node)
        let isOrigin = { (subject: TrafficSubject) in subject.kind == .origin }
        var counts: [TrafficSubject: TrafficCounts] = [:]
        for (subject, total) in totals where isOrigin(subject) ? hasOrigins : hasRequests {
            let new = known[subject].map { total.subtracting($0) } ?? total
            if !new.isZero { counts[subject] = new }
        }
        known = totals
        hasRequests = hasRequests || !report.figures.configurations.isEmpty
        hasOrigins = hasOrigins || !report.figures.clusters.isEmpty
        // Either clock may have been set; what both agree on has passed.
        let length = last.map {
            min(now.milliseconds - $0.here.milliseconds, report.at.milliseconds - $0.there.milliseconds)
        }
        last = (now, report.at)
        var health: [TrafficSubject: OriginHealth] = [:]
        for cluster in report.figures.clusters where cluster.endpoints > 0 {
            let subject = TrafficSubject.origin(ofCluster: cluster.name)
            let now = OriginHealth(endpoints: cluster.endpoints, healthy: cluster.healthy)
            health[subject] = health[subject].map { $0.worse(now) } ?? now
        }
        return TrafficDelta(node: report.node, at: now, length: max(length ?? 0, 0), counts: counts, health: health)
    }

    private static func counts(_ figures: NodeFigures, of node: ResourceName) -> [TrafficSubject: TrafficCounts] {
        var all: [TrafficSubject: TrafficCounts] = [:]
        func add(_ subject: TrafficSubject, _ counts: TrafficCounts) {
            all[subject] = all[subject].map { $0.adding(counts) } ?? counts
        }
        for one in figures.configurations {
            let counts = TrafficCounts(
                requests: one.requests, statusClasses: one.statusClasses, latency: one.latency)
            add(.total, counts)
            add(TrafficSubject(.node, node.rawValue), counts)
            add(TrafficSubject(.version, one.label), counts)
            if let zone = one.zone { add(TrafficSubject(.zone, zone), counts) }
        }
        for one in figures.clusters {
            add(
                .origin(ofCluster: one.name),
                TrafficCounts(requests: one.requests, failures: one.failures, retries: one.retries))
        }
        return all
    }
}

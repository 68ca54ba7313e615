internal import EdgePlan

/// Adds up one node's counters across restarts of its Envoy, whose own counters begin again at zero.
///
/// What a process had counted when it was last heard of is kept; what it counted after that is lost with it. A single
/// counter that fell within the same process was unloaded with its plan and loaded again: it alone begins anew.
package struct FiguresLedger: Hashable, Sendable, Codable {
    /// Sums over counters that ended.
    private var ended = NodeFigures()
    private var running = NodeFigures()
    private var process: String?

    package init() {}

    /// Counters since the node was first heard of; never smaller than before. Gauges are those of the last report.
    package var totals: NodeFigures { totalsByZone.overZones }

    /// The same, what a configuration did for each of its zones apart, as the node counts it: a zone that leaves a
    /// configuration takes its counters along, and that must not look like a new start of the configuration's own.
    package var totalsByZone: NodeFigures { ended.adding(running) }

    package mutating func take(_ report: NodeReport) {
        if let process, process != report.process {
            ended = totalsByZone
            running = NodeFigures()
            for index in ended.clusters.indices { ended.clusters[index].clearGauges() }
        }
        process = report.process
        let new = report.figures
        for index in running.clusters.indices { running.clusters[index].clearGauges() }
        (ended.configurations, running.configurations) = Self.advance(
            ended.configurations, running.configurations, new.configurations)
        (ended.rules, running.rules) = Self.advance(ended.rules, running.rules, new.rules)
        (ended.clusters, running.clusters) = Self.advance(ended.clusters, running.clusters, new.clusters)
        for index in ended.clusters.indices { ended.clusters[index].clearGauges() }
    }

    private static func advance<Value: Counted>(_ ended: [Value], _ running: [Value], _ new: [Value]) -> (
        [Value], [Value]
    ) {
        let old = Dictionary(running.map { ($0.key, $0) }, uniquingKeysWith: { a, _ in a })
        let fresh = Dictionary(new.map { ($0.key, $0) }, uniquingKeysWith: { a, _ in a })
        let reset = fresh.values.compactMap { value in
            old[value.key].flatMap { value.leading < $0.leading ? $0 : nil }
        }
        let absent = running.filter { fresh[$0.key] == nil }
        return (reset.isEmpty ? ended : merged(ended, reset), absent + Array(fresh.values))
    }
}

extension NodeFigures {
    /// Sums by configuration, rule and cluster; sorted, so that equal sums are equal values.
    package func adding(_ other: NodeFigures) -> NodeFigures {
        NodeFigures(
            configurations: merged(configurations, other.configurations),
            rules: merged(rules, other.rules),
            clusters: merged(clusters, other.clusters))
    }
}

extension NodeFigures {
    /// With one entry for each configuration and rule, whatever zones they serve.
    fileprivate var overZones: NodeFigures {
        var all = self
        for index in all.configurations.indices { all.configurations[index].zone = nil }
        for index in all.rules.indices { all.rules[index].zone = nil }
        return all.adding(NodeFigures())
    }
}

private func merged<Value: Counted>(_ a: [Value], _ b: [Value]) -> [Value] {
    var sums: [Value.Key: Value] = [:]
    for value in a + b { sums[value.key] = sums[value.key].map { $0.adding(value) } ?? value }
    return sums.values.sorted { $0.key < $1.key }
}

/// A set of counters with a name. `leading` is the one that grows with every event, so that a fall shows a new start.
private protocol Counted {
    associatedtype Key: Hashable, Comparable
    var key: Key { get }
    var leading: Int { get }
    func adding(_ other: Self) -> Self
}

extension ConfigurationFigures: Counted {
    fileprivate struct Key: Hashable, Comparable {
        var configuration: ConfigurationID
        var zone: String
        static func < (a: Key, b: Key) -> Bool { (a.configuration, a.zone) < (b.configuration, b.zone) }
    }
    fileprivate var key: Key { Key(configuration: configuration, zone: zone ?? "") }
    fileprivate var leading: Int { requests }
    fileprivate func adding(_ other: ConfigurationFigures) -> ConfigurationFigures {
        var sum = self
        sum.application = other.application ?? application
        sum.version = other.version ?? version
        sum.requests = counted(requests, other.requests)
        sum.statusClasses = addingElements(statusClasses, other.statusClasses)
        sum.latency = latency.adding(other.latency)
        return sum
    }
}

extension RuleFigures: Counted {
    fileprivate struct Key: Hashable, Comparable {
        var configuration: ConfigurationID
        var zone: String
        var ref: String
        static func < (a: Key, b: Key) -> Bool {
            (a.configuration, a.zone, a.ref) < (b.configuration, b.zone, b.ref)
        }
    }
    fileprivate var key: Key { Key(configuration: configuration, zone: zone ?? "", ref: ref) }
    fileprivate var leading: Int { hits }
    fileprivate func adding(_ other: RuleFigures) -> RuleFigures {
        RuleFigures(configuration: configuration, zone: zone, ref: ref, hits: counted(hits, other.hits))
    }
}

extension ClusterFigures: Counted {
    fileprivate var key: String { name }
    fileprivate var leading: Int { requests }
    fileprivate func adding(_ other: ClusterFigures) -> ClusterFigures {
        ClusterFigures(
            name: name, requests: counted(requests, other.requests), failures: counted(failures, other.failures),
            retries: counted(retries, other.retries), endpoints: counted(endpoints, other.endpoints),
            healthy: counted(healthy, other.healthy))
    }
    fileprivate mutating func clearGauges() {
        endpoints = 0
        healthy = 0
    }
}

extension LatencyFigures {
    /// Histograms with other bounds cannot be added: then the newer one stands alone.
    func adding(_ other: LatencyFigures) -> LatencyFigures {
        guard bounds == other.bounds else { return other }
        return LatencyFigures(
            bounds: bounds, counts: addingElements(counts, other.counts), total: counted(total, other.total))
    }
}

private func addingElements(_ a: [Int], _ b: [Int]) -> [Int] {
    (0..<max(a.count, b.count)).map { counted($0 < a.count ? a[$0] : 0, $0 < b.count ? b[$0] : 0) }
}

/// A sum that stays what can be subtracted and added up again, however often a node's process begins anew.
private func counted(_ a: Int, _ b: Int) -> Int {
    let most = NodeFigures.mostCounted
    return min(max(min(a, most), 0) + max(min(b, most), 0), most)
}

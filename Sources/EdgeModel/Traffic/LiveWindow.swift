/// What nodes counted lately. Each node's time goes back from its own last report, so that one that stopped reporting
/// keeps its last figures, with their age.
package struct LiveWindow: Sendable {
    /// Milliseconds that count as lately. Nodes report every two seconds.
    package static let length: Int64 = 10_000
    /// Milliseconds after which a node that stopped reporting is left out.
    private static let forgotten: Int64 = 3_600_000

    private struct NodeWindow {
        var deltas: [TrafficDelta] = []
        var last: Timestamp { deltas.last?.at ?? Timestamp(milliseconds: 0) }

        /// Seconds that the counts cover; nil: a single report, which says nothing.
        var seconds: Double? {
            let all = deltas.reduce(0) { $0 + $1.length }
            return all > 0 ? Double(all) / 1000 : nil
        }
    }

    private var nodes: [ResourceName: NodeWindow] = [:]

    package init() {}

    package mutating func take(_ delta: TrafficDelta) {
        var window = nodes[delta.node] ?? NodeWindow()
        window.deltas.append(delta)
        // What reached back before the window is out of it, and so is what a clock that was set back left in the future.
        let range = delta.at.milliseconds - Self.length + 1...delta.at.milliseconds
        window.deltas.removeAll { !range.contains($0.at.milliseconds) }
        nodes[delta.node] = window
        nodes = nodes.filter { abs(delta.at.milliseconds - $0.value.last.milliseconds) <= Self.forgotten }
    }

    /// Milliseconds since a node's last report; nil: it never reported.
    package func age(of node: ResourceName, at now: Timestamp) -> Int64? {
        nodes[node].map { max(0, now.milliseconds - $0.last.milliseconds) }
    }

    /// What is known of every subject, the busiest first. Nodes that stopped reporting count only where no other node
    /// knows anything, and then the figures are marked stale.
    package func figures(at now: Timestamp) -> [LiveFigures] {
        let (fresh, stale) = nodes.values.reduce(into: ([NodeWindow](), [NodeWindow]())) { lists, window in
            if now.milliseconds - window.last.milliseconds <= Liveness.sinceReport {
                lists.0.append(window)
            } else {
                lists.1.append(window)
            }
        }
        let now = Self.figures(fresh, at: now, isStale: false)
            .merging(Self.figures(stale, at: now, isStale: true)) { fresh, _ in fresh }
        return now.values.sorted { ($0.perSecond, $1.subject) > ($1.perSecond, $0.subject) }
    }

    private static func figures(
        _ windows: [NodeWindow], at now: Timestamp, isStale: Bool
    ) -> [TrafficSubject: LiveFigures] {
        var all: [TrafficSubject: LiveFigures] = [:]
        for window in windows {
            let age = max(0, now.milliseconds - window.last.milliseconds)
            func note(_ subject: TrafficSubject, _ change: (inout LiveFigures) -> Void) {
                var figures = all[subject] ?? LiveFigures(subject, age: age, isStale: isStale)
                figures.age = min(figures.age, age)
                change(&figures)
                all[subject] = figures
            }
            // A node that reports and counts nothing is known to count nothing.
            for subject in [.total, window.deltas.last.map { TrafficSubject(.node, $0.node.rawValue) }] {
                if let subject { note(subject) { _ in } }
            }
            for (subject, health) in window.deltas.last?.health ?? [:] {
                note(subject) { $0.health = $0.health?.worse(health) ?? health }
            }
            guard let seconds = window.seconds else { continue }
            for delta in window.deltas {
                for (subject, counts) in delta.counts {
                    note(subject) {
                        $0.counts = $0.counts.adding(counts)
                        $0.perSecond += Double(counts.requests) / seconds
                    }
                }
            }
        }
        return all
    }
}

/// What was counted for a subject in the last seconds.
package struct LiveFigures: Hashable, Sendable, Codable {
    package var subject: TrafficSubject
    /// Within the last ten seconds, as far as they are known.
    package var counts: TrafficCounts
    package var perSecond: Double
    /// Of an origin.
    package var health: OriginHealth?
    /// Milliseconds since the newest report that it comes from.
    package var age: Int64
    /// No node that knows of it reports any more: this is how it was then.
    package var isStale: Bool

    package init(
        _ subject: TrafficSubject, counts: TrafficCounts = TrafficCounts(), perSecond: Double = 0,
        health: OriginHealth? = nil, age: Int64, isStale: Bool = false
    ) {
        self.subject = subject
        self.counts = counts
        self.perSecond = perSecond
        self.health = health
        self.age = age
        self.isStale = isStale
    }

    /// Upper bounds in microseconds; nil: nothing was timed.
    package var p50: Int? { counts.latency.quantile(0.5) }
    package var p95: Int? { counts.latency.quantile(0.95) }
    package var p99: Int? { counts.latency.quantile(0.99) }
}

import TestKit

/// From the commit of a change to the last of two nodes serving it, and the same change through `nginx -s reload` of
/// two nginx, one after the other in the same run, seen by the same watcher.
///
/// The change: the value that a rule gives a response header, in a configuration of 41 rules. The watcher asks both
/// nodes back to back for a path that the edge answers itself (a blocked one), so that no origin takes part. For
/// Signalbox the clock starts at the journal entry's time, which is taken inside the transaction before its commit, in
/// whole milliseconds: the figure contains the commit itself and is too large by up to a millisecond. For nginx it
/// starts when `nginx -s reload` is started, its files being written already.
struct LatencyBenchmark: Benchmark {
    static let title = "commit to last node"
    static let path = "/.git/config"
    let changes: Int
    /// Nanoseconds from one change to the next of the same kind.
    let spacing: UInt64

    init(changes: Int, spacing: Int = 1000) {
        self.changes = max(4, changes)
        self.spacing = UInt64(max(1000, spacing)) * 1_000_000
    }

    /// Milliseconds.
    private struct Times {
        var edge: [Double] = []
        var reload: [Double] = []
        /// From the start of the command to its journal entry.
        var before: [Double] = []
        var beforeWithEnvoy: [Double] = []
        var lostPolls = 0
        var lostReloadPolls = 0
    }

    func rows() async throws -> [Row] {
        // Thousands of polls a second would fill access logs on the disk that the state is synced to. nginx keeps none.
        let edge = try await EdgeScenario.running(nodeOptions: ["--no-access-log"])
        try await edge.makeVersion(by: "release-2")
        try await edge.signalbox("env", "assign", "staging", "shop@2", "--accept-warnings", "--yes")
        try await edge.isSettled()
        let nginx = try await NginxPeer.start(origins: edge.origins.origins.map(\.listening))
        var times = Times()
        for index in 0..<changes {
            let start = Monotonic.nanoseconds()
            let release = index.isMultiple(of: 2) ? "release-2" : "release-1"
            // Every tenth promotion lets Envoy judge the plan first, which delays the commit and nothing after it.
            try await change(edge, to: release, withEnvoy: index % 20 == 10, &times)
            try await Clocks.wait(until: start + spacing / 2)
            if let nginx { try await reload(nginx, to: release, &times) }
            try await Clocks.wait(until: start + spacing)
        }
        await nginx?.stop()
        await edge.stop()
        return rows(times)
    }

    private func change(_ edge: EdgeScenario, to release: String, withEnvoy: Bool, _ times: inout Times) async throws {
        let isPromotion = release == "release-2"
        var arguments = isPromotion ? ["promote", "shop"] : ["rollback", "shop", "--reason", "benchmark"]
        arguments += ["--accept-warnings", "--yes", "--no-wait", "--output", "json", "--quiet"]
        if withEnvoy, let module = Checkout.edgeModule() {
            arguments += ["--envoy", try EnvoyBinary.require(), "--module", module]
        }
        async let sightings = HeaderWatch.sightings(question(edge.production, release))
        let start = Clocks.wall()
        let answer = try await edge.signalbox(arguments)
        let committed = try answer.committedAt()
        let seen = await sightings
        guard let last = Self.last(seen) else { throw NotServed(release: release, sightings: seen) }
        let latency = Clocks.wall(last) - committed
        if latency > 1000 { tell(latency, edge) }
        times.edge.append(latency)
        times.lostPolls += seen.reduce(0) { $0 + $1.failures }
        if isPromotion {
            if withEnvoy {
                times.beforeWithEnvoy.append(committed - start)
            } else {
                times.before.append(committed - start)
            }
        }
    }

    /// A second is no noise: what the programs said about it is worth more than the figure.
    private func tell(_ latency: Double, _ edge: EdgeScenario) {
        let logs = [("serve", edge.serveLog)] + edge.nodes.map { ($0.name, edge.nodeLog($0)) }
        for (name, log) in logs {
            let lines = log.split(separator: "\n").suffix(12).map { "  \($0)" }.joined(separator: "\n")
            Progress.say("a change took \(Figure.short(latency)) ms; \(name) said last:\n\(lines)")
        }
    }

    private func reload(_ nginx: NginxPeer, to release: String, _ times: inout Times) async throws {
        try nginx.write(release: release)
        async let sightings = HeaderWatch.sightings(question(nginx.addresses, release))
        let start = Monotonic.nanoseconds()
        try await nginx.reload()
        let seen = await sightings
        guard let last = Self.last(seen) else { throw NotServed(release: release, sightings: seen) }
        times.reload.append(Double(last - start) / 1e6)
        times.lostReloadPolls += seen.reduce(0) { $0 + $1.failures }
    }

    private func question(_ targets: [HostPort], _ release: String) -> HeaderWatch.Question {
        HeaderWatch.Question(
            targets: targets, host: ShopZone.host, path: Self.path, header: ShopZone.releaseHeader, value: release,
            within: .seconds(20))
    }

    private static func last(_ sightings: [HeaderWatch.Sighting]) -> UInt64? {
        let times = sightings.compactMap(\.seenAt)
        return times.count == sightings.count ? times.max() : nil
    }

    private func rows(_ times: Times) -> [Row] {
        let (edge, reload) = (Samples(times.edge), Samples(times.reload))
        let (before, gated) = (Samples(times.before), Samples(times.beforeWithEnvoy))
        let text = { (samples: Samples) in
            "p50 \(Figure.short(samples.median)) ms, p99 \(Figure.short(samples.quantile(0.99))) ms"
        }
        var figures = edge.figures("commit_to_last_node", "ms")
        figures.merge(reload.figures("nginx_reload_to_last_node", "ms")) { first, _ in first }
        figures["polls_without_answer"] = Double(times.lostPolls)
        figures["nginx_polls_without_answer"] = Double(times.lostReloadPolls)
        let gates = before.figures("start_to_commit", "ms")
            .merging(gated.figures("start_to_commit_with_envoy_validate", "ms")) { first, _ in first }
        return [
            Row(
                what: "commit → last of 2 nodes serves it, \(changes) changes", measured: text(edge),
                aim: "p99 ≤ 50 ms",
                holds: edge.quantile(0.99) <= 50,
                beside: reload.count > 0 ? "nginx -s reload: \(text(reload))" : "no nginx here",
                ratio: reload.count > 0 ? edge.median / reload.median : nil, figures: figures,
                notes: [
                    "a header value in 41 rules; promote and rollback in turn; changes of one kind \(spacing / 1_000_000) ms apart, nginx in between",
                    "the clock starts at the journal entry's time, inside the transaction: the commit is contained, and up to 1 ms of rounding",
                    "nginx: two masters with the same rules, from the start of nginx -s reload; the ratio is of the medians",
                    "polls without an answer: signalbox \(times.lostPolls), nginx \(times.lostReloadPolls)",
                ]),
            Row(
                what: "before that: start of promote → commit", measured: text(before),
                beside: gated.count > 0 ? "with envoy --mode validate: \(text(gated))" : "", figures: gates,
                notes: [
                    "the whole command up to the journal entry: start, planning, findings, thresholds, and in \(gated.count) cases Envoy's own check"
                ]),
        ]
    }

    struct NotServed: Error, CustomStringConvertible {
        let release: String
        let sightings: [HeaderWatch.Sighting]
        var description: String { "\(release) was not served everywhere within 20 s: \(sightings)" }
    }
}

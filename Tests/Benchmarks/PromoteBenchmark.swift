import TestKit

/// Whether anybody notices: steady traffic over two nodes while versions are promoted and rolled back in turn, each
/// change waiting until both nodes have acknowledged it.
///
/// Half of the changes move the origins, whose clusters came with staging or are still warm from before (they stay for
/// half a minute); the others change a header. Once a change is acknowledged, every answer to a request sent from then
/// on has to come from the new version.
struct PromoteBenchmark: Benchmark {
    static let title = "promotions and rollbacks under load"
    /// Requests a second besides, each over a connection of its own.
    static let newConnections = 300
    let changes: Int
    let rate: Int
    /// At least so many requests: changes are spread over them.
    let requests: Int

    init(changes: Int, rate: Int = 5_000, requests: Int = 1_000_000) {
        self.changes = max(4, changes)
        self.rate = max(100, rate)
        self.requests = requests
    }

    private struct Course {
        var waited: [Double] = []
        var durations: [Double] = []
        var unacknowledged = 0
        var originChanges = 0
    }

    func rows() async throws -> [Row] {
        let edge = try await EdgeScenario.running(nodeOptions: ["--no-access-log"])
        try await edge.prepareOrigins()
        try await edge.isSettled()
        let seconds = Double(requests) / Double(rate + Self.newConnections)
        let load = try await edge.startLoad(
            rate: rate, connections: 16, newConnections: Self.newConnections, paths: try await edge.statuses(),
            lasting: Int(seconds) * 3 + 300)
        var course = Course()
        let start = Monotonic.nanoseconds()
        let step = UInt64(seconds / Double(changes) * 1e9)
        for index in 0..<changes {
            try await change(edge, index, load, &course)
            try await Clocks.wait(until: start + UInt64(index + 1) * step)
        }
        try await eventually(within: .seconds(300), every: .milliseconds(250), "\(requests) requests") {
            load.requests >= requests
        }
        let result = try await load.finish()
        await edge.stop()
        return [row(result, course)]
    }

    private func change(_ edge: EdgeScenario, _ index: Int, _ load: LoadProcess, _ course: inout Course) async throws {
        // From 2: origins, header, header, origins.
        let version = [3, 1, 3, 2][index % 4]
        if index % 4 == 0 || index % 4 == 3 { course.originChanges += 1 }
        let verb =
            version == 3
            ? ["promote", "shop@3", "--allow-stale-base"]
            : ["rollback", "shop", "--to", "\(version)", "--reason", "benchmark"]
        try await load.expect(nil)
        let start = Monotonic.nanoseconds()
        let answer = try await edge.signalbox(verb + ["--accept-warnings", "--yes", "--output", "json", "--quiet"])
        course.durations.append(Double(Monotonic.nanoseconds() - start) / 1e6)
        course.waited.append(Double(answer.json["waited_ms"].int ?? 0))
        if Set(answer.json["acknowledged"].texts) == Set(edge.nodes.map(\.name)) {
            try await load.expect("shop@\(version)")
        } else {
            course.unacknowledged += 1
        }
    }

    private func row(_ result: LoadProcess.Result, _ course: Course) -> Row {
        let counts = { (counts: [String: Int]) in
            counts.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { "\($0.key) × \($0.value)" }.joined(
                separator: ", ")
        }
        let (waited, durations) = (Samples(course.waited), Samples(course.durations))
        let failed = result.failures.total + result.unexpected.statuses + result.unexpected.values
        var figures = [
            "requests": Double(result.requests), "failed": Double(failed), "seconds": result.seconds,
            "server_errors": Double(result.serverErrors), "changes": Double(changes),
            "changes_of_origins": Double(course.originChanges),
            "changes_not_acknowledged_by_all": Double(course.unacknowledged),
            "unexpected_statuses": Double(result.unexpected.statuses),
            "wrong_versions": Double(result.unexpected.values),
            "connections_opened": Double(result.connections.opened),
            "latency_p50_us": result.latencyMicroseconds.p50, "latency_p99_us": result.latencyMicroseconds.p99,
        ]
        for (kind, count) in result.failures.kinds { figures["failed_\(kind)"] = Double(count) }
        for (version, count) in result.tally { figures["answered_by \(version)"] = Double(count) }
        figures.merge(waited.figures("acknowledged_after", "ms")) { first, _ in first }
        figures.merge(durations.figures("command", "ms")) { first, _ in first }
        let failures = counts(result.failures.kinds)
        return Row(
            what: "failed requests during \(changes) promotions and rollbacks, 2 nodes",
            measured: "\(failed) of \(result.requests)", aim: "0 of 1000000",
            holds: failed == 0 && course.unacknowledged == 0, figures: figures,
            notes: [
                "\(rate) requests a second over 16 kept connections and \(Self.newConnections) over one of their own, "
                    + "\(Figure.short(result.seconds)) s, \(result.connections.opened) connections opened; "
                    + "\(course.originChanges) changes moved the origins",
                "failed is no complete answer (\(failures.isEmpty ? "none" : failures)), another status than the path's own "
                    + "(\(result.unexpected.statuses)), or the wrong version after all nodes had acknowledged (\(result.unexpected.values))",
                "statuses: \(counts(result.statuses)); answers by version: \(counts(result.tally))",
                "each command \(Figure.short(durations.median)) ms median from start to end, of which "
                    + "\(Figure.short(waited.median)) ms until both nodes had acknowledged; p99 \(Figure.short(waited.quantile(0.99))) ms",
                "request latency p50 \(Figure.short(result.latencyMicroseconds.p50)) µs, p99 \(Figure.short(result.latencyMicroseconds.p99)) µs"
                    + (course.unacknowledged == 0
                        ? "" : "; \(course.unacknowledged) changes were not acknowledged by all nodes"),
            ]
                + (result.firstFailures ?? []).prefix(5).map {
                    "at \($0.second) s \($0.target) \($0.path): \($0.kind), \($0.reason)"
                })
    }
}

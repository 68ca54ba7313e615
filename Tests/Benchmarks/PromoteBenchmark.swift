import TestKit

/// Whether anybody notices: steady traffic over two nodes while versions are promoted and rolled back in turn, each
/// change waiting until both nodes have acknowledged it.
struct PromoteBenchmark: Benchmark {
    static let title = "promotions and rollbacks under load"
    let changes: Int
    let rate: Int

    init(changes: Int, rate: Int = 300) {
        self.changes = max(2, changes)
        self.rate = rate
    }

    func rows() async throws -> [Row] {
        let edge = try await EdgeScenario.running()
        try await edge.makeVersion(by: "release-2")
        try await edge.signalbox("env", "assign", "staging", "shop@2", "--accept-warnings", "--yes")
        let load = try await edge.startLoad(rate: rate)
        var waited: [Double] = []
        var durations: [Double] = []
        var unacknowledged = 0
        for index in 0..<changes {
            let verb = index.isMultiple(of: 2) ? ["promote", "shop"] : ["rollback", "shop", "--reason", "benchmark"]
            let start = Monotonic.nanoseconds()
            let answer = try await edge.signalbox(verb + ["--accept-warnings", "--yes", "--output", "json", "--quiet"])
            durations.append(Double(Monotonic.nanoseconds() - start) / 1e6)
            waited.append(Double(answer.json["waited_ms"].int ?? 0))
            if Set(answer.json["acknowledged"].texts) != Set(edge.nodes.map(\.name)) { unacknowledged += 1 }
        }
        let result = try await load.finish()
        await edge.stop()
        return [row(result, waited: Samples(waited), durations: Samples(durations), unacknowledged: unacknowledged)]
    }

    private func row(_ result: LoadProcess.Result, waited: Samples, durations: Samples, unacknowledged: Int) -> Row {
        let counts = { (counts: [String: Int]) in
            counts.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { "\($0.key) × \($0.value)" }.joined(
                separator: ", ")
        }
        var figures = [
            "requests": Double(result.requests), "failed": Double(result.failed), "seconds": result.seconds,
            "server_errors": Double(result.serverErrors), "changes": Double(changes),
            "changes_not_acknowledged_by_all": Double(unacknowledged),
            "latency_p50_us": result.latencyMicroseconds.p50, "latency_p99_us": result.latencyMicroseconds.p99,
        ]
        for (kind, count) in result.failures.kinds { figures["failed_\(kind)"] = Double(count) }
        for (version, count) in result.tally { figures["answered_by \(version)"] = Double(count) }
        figures.merge(waited.figures("acknowledged_after", "ms")) { first, _ in first }
        figures.merge(durations.figures("command", "ms")) { first, _ in first }
        let failures = counts(result.failures.kinds)
        return Row(
            what: "failed requests during \(changes) promotions and rollbacks, 2 nodes",
            measured: "\(result.failed) of \(result.requests)", aim: "0", holds: result.failed == 0, figures: figures,
            notes: [
                "\(rate) requests a second over 8 keep-alive connections for \(Figure.short(result.seconds)) s; failed is no complete answer, or 5xx",
                "failures: \(failures.isEmpty ? "none" : failures); statuses: \(counts(result.statuses))",
                "answers by version: \(counts(result.tally))",
                "each command \(Figure.short(durations.median)) ms median from start to end, of which "
                    + "\(Figure.short(waited.median)) ms until both nodes had acknowledged; p99 \(Figure.short(waited.quantile(0.99))) ms",
                "request latency p50 \(Figure.short(result.latencyMicroseconds.p50)) µs, p99 \(Figure.short(result.latencyMicroseconds.p99)) µs"
                    + (unacknowledged == 0 ? "" : "; \(unacknowledged) changes were not acknowledged by all nodes"),
            ]
                + (result.firstFailures ?? []).prefix(5).map {
                    "at \($0.second) s \($0.target) \($0.path): \($0.kind), \($0.reason)"
                })
    }
}

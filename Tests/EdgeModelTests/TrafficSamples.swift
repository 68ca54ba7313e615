import EdgeModel
import EdgePlan

/// Reports as nodes send them, from a few words.
enum TrafficSamples {
    static func at(_ seconds: Double) -> Timestamp {
        Timestamp(milliseconds: 1_800_000_000_000 + Int64(seconds * 1000))
    }

    static func bucket(_ seconds: Double) -> TrafficBucket { TrafficBucket(containing: at(seconds)) }

    /// `ok` answers of 200 in a millisecond and `bad` ones of 503 in 50 ms, all of `shop@VERSION`.
    static func figures(_ version: Int = 1, ok: Int, bad: Int = 0) -> NodeFigures {
        var latency = LatencyFigures()
        latency.counts[1] = ok
        latency.counts[6] = bad
        latency.total = ok * 900 + bad * 40_000
        let classes = [0, ok, 0, 0, bad]
        return NodeFigures(
            configurations: [
                ConfigurationFigures(
                    configuration: ConfigurationID(rawValue: 100 + version), zone: "shop.example", application: "shop",
                    version: version, requests: ok + bad, statusClasses: classes, latency: latency)
            ],
            clusters: [
                ClusterFigures(
                    name: "web.e654b7bde878", requests: ok + bad, failures: bad, endpoints: 2, healthy: bad > 0 ? 1 : 2)
            ])
    }

    /// - Parameter clock: seconds by which the node's clock is ahead.
    static func report(
        _ node: String = "fra1", at seconds: Double, process: String = "1", clock: Double = 0,
        _ figures: NodeFigures = NodeFigures(), failing: [FailingRequest]? = nil
    ) throws -> NodeReport {
        NodeReport(
            node: try name(node), at: at(seconds + clock), process: process, figures: figures, failing: failing)
    }

    static func name(_ text: String) throws -> ResourceName {
        guard let name = ResourceName(rawValue: text) else { throw NoName(text: text) }
        return name
    }

    struct NoName: Error {
        let text: String
    }
}

/// Meters of all nodes and what is recorded of them, as the server keeps them.
struct TrafficLab {
    var meters: [ResourceName: TrafficMeter] = [:]
    var recorder = FiguresRecorder()
    var window = LiveWindow()
    /// Rows by bucket and subject, added up as the store does.
    var rows: [TrafficBucket: [TrafficSubject: TrafficRecord]] = [:]

    mutating func take(_ report: NodeReport, at seconds: Double) {
        let delta = meters[report.node, default: TrafficMeter()].take(report, at: TrafficSamples.at(seconds))
        recorder.take(delta)
        window.take(delta)
    }

    mutating func close(at seconds: Double) { keep(recorder.takeClosed(at: TrafficSamples.at(seconds))) }
    mutating func closeAll() { keep(recorder.takeAll()) }

    private mutating func keep(_ records: [TrafficRecord]) {
        for record in records {
            let known = rows[record.bucket]?[record.subject]
            rows[record.bucket, default: [:]][record.subject] = known.map { $0.adding(record) } ?? record
        }
    }

    /// What a server that is started anew knows: nothing but the rows.
    mutating func restart() {
        closeAll()
        (meters, recorder, window) = ([:], FiguresRecorder(), LiveWindow())
    }

    func sum(_ subject: TrafficSubject) -> TrafficCounts {
        rows.values.compactMap { $0[subject]?.counts }.reduce(TrafficCounts()) { $0.adding($1) }
    }

    /// Requests by second of the bucket's start, counted from the beginning of the lab.
    func requests(_ subject: TrafficSubject) -> [Int64: Int] {
        let start = TrafficSamples.bucket(0).seconds
        let found = rows.compactMap { bucket, rows in
            rows[subject].map { (bucket.seconds - start, $0.counts.requests) }
        }
        return Dictionary(uniqueKeysWithValues: found)
    }
}

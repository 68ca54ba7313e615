import TestKit

/// One zone changed among few and among many: how long until two nodes serve it, and how many bytes each of them is
/// sent. What is sent should grow with the change and not with the number of zones.
///
/// All zones but the shop are small and served from their own configuration. The nodes fetch through a relay that
/// counts; what comes in the same time without a change is taken off.
struct ZonesBenchmark: Benchmark {
    static let title = "one zone among many"
    let counts: [Int]
    let changes: Int

    init(counts: [Int] = [10, 1_000, 10_000], changes: Int = 12) {
        self.counts = counts
        self.changes = max(2, changes)
    }

    private struct Course {
        let zones: Int
        /// Milliseconds from the commit to the last node.
        var latency: [Double] = []
        /// Milliseconds from the start of the command to the commit.
        var command: [Double] = []
        /// Bytes to a node in the window of a change.
        var bytes: [Double] = []
        /// Bytes to a node in a window without one.
        var idle: [Double] = []
        /// Milliseconds that requests took meanwhile.
        var request = (p50: 0.0, p99: 0.0, failed: 0)

        var net: Double { Samples(bytes).median - Samples(idle).median }
    }

    /// Milliseconds in which everything that a change sends is through.
    private static let window: UInt64 = 1_500

    func rows() async throws -> [Row] {
        var courses: [Course] = []
        for count in counts { courses.append(try await run(zones: count)) }
        return [row(courses)]
    }

    private func run(zones: Int) async throws -> Course {
        Progress.say("  \(zones) zones")
        var relay: CountingRelay?
        let edge = try await EdgeScenario.running(nodeOptions: ["--no-access-log"]) { edge in
            try await Self.importZone(1, into: edge)
            try ManyZones.put(2..<max(2, zones), like: Self.name(1), named: Self.name, into: edge.state)
            let made = try CountingRelay(to: edge.server)
            relay = made
            return ["--server", "http://\(made.address)"]
        }
        guard let relay else { return Course(zones: zones) }
        try await edge.prepareRelease()
        try await edge.isSettled()
        var course = Course(zones: zones)
        let load = try await edge.startLoad(rate: Self.rate, connections: 4)
        for index in 0..<changes {
            let release = index.isMultiple(of: 2) ? "release-2" : "release-1"
            try await change(edge, to: release, relay, &course)
            if index.isMultiple(of: 4) {
                course.idle.append(try await Self.bytes(through: relay, over: edge) {})
            }
        }
        let result = try await load.finish()
        let times = result.latencyMicroseconds
        course.request = (times.p50 / 1_000, times.p99 / 1_000, result.failed)
        await edge.stop()
        return course
    }

    /// Requests a second over both nodes while zones change: enough to see that some wait, too few to be in the way.
    private static let rate = 200

    private static func name(_ number: Int) -> String { "z\(number).bench.example" }

    private func change(
        _ edge: EdgeScenario, to release: String, _ relay: CountingRelay, _ course: inout Course
    ) async throws {
        let verb =
            release == "release-2"
            ? ["promote", "shop"] : ["rollback", "shop", "--to", "1", "--reason", "benchmark"]
        var question = HeaderWatch.Question(
            targets: edge.production, host: ShopZone.host, path: LatencyBenchmark.path, header: ShopZone.releaseHeader,
            value: release, within: .seconds(60))
        question.pause = .milliseconds(1)
        let asked = question
        var times = (command: 0.0, latency: 0.0)
        let bytes = try await Self.bytes(through: relay, over: edge) {
            async let sightings = HeaderWatch.sightings(asked)
            let start = Clocks.wall()
            let answer = try await edge.signalbox(
                verb + ["--accept-warnings", "--yes", "--no-wait", "--output", "json", "--quiet"])
            let committed = try answer.committedAt()
            let seen = await sightings
            let last = seen.compactMap(\.seenAt).max()
            guard let last, seen.allSatisfy({ $0.seenAt != nil }) else {
                throw LatencyBenchmark.NotServed(release: release, sightings: seen)
            }
            times = (committed - start, Clocks.wall(last) - committed)
        }
        course.bytes.append(bytes)
        course.command.append(times.command)
        course.latency.append(times.latency)
    }

    /// Bytes that a node got from before `body` until a window after it.
    private static func bytes(
        through relay: CountingRelay, over edge: EdgeScenario, _ body: () async throws -> Void
    ) async throws -> Double {
        let before = relay.answered
        try await body()
        try await Clocks.wait(until: Monotonic.nanoseconds() + window * 1_000_000)
        return Double(relay.answered - before) / Double(edge.nodes.count)
    }

    private static func importZone(_ number: Int, into edge: EdgeScenario) async throws {
        let text = """
            zone: \(name(number))
            hosts: [\(name(number)), www.\(name(number))]
            origins:
              web: {endpoints: [{address: \(edge.origins.origins[0].listening.host), port: \(edge.origins.origins[0].listening.port)}]}
            settings: {default_origin: web, version_header: x-edge-version}
            rules:
              http_request_firewall_custom:
                - {ref: admin, expression: 'starts_with(http.request.uri.path, "/admin/")', action: block}
              http_request_dynamic_redirect:
                - ref: old
                  expression: http.request.uri.path eq "/old-\(number)"
                  action: redirect
                  action_parameters: {from_value: {target_url: {value: /new}, status_code: 301}}

            """
        try await edge.signalbox(
            ["zone", "import", "-", "--accept-warnings", "--yes", "--no-wait", "--quiet"], input: text)
    }

    private func row(_ courses: [Course]) -> Row {
        let kilobytes = { (bytes: Double) in "\(Figure.short(bytes / 1_000)) kB" }
        let names = courses.map { "\($0.zones)" }.joined(separator: " / ")
        let (latency, bytes) = (courses.map { Samples($0.latency).median }, courses.map(\.net))
        var figures: [String: Double] = [:]
        for course in courses {
            let name = "\(course.zones)_zones"
            figures.merge(Samples(course.latency).figures("\(name)_commit_to_last_node", "ms")) { first, _ in first }
            figures.merge(Samples(course.command).figures("\(name)_start_to_commit", "ms")) { first, _ in first }
            figures.merge(Samples(course.bytes).figures("\(name)_to_a_node", "bytes")) { first, _ in first }
            figures.merge(Samples(course.idle).figures("\(name)_to_a_node_idle", "bytes")) { first, _ in first }
            figures["\(name)_request_p50_ms"] = course.request.p50
            figures["\(name)_request_p99_ms"] = course.request.p99
            figures["\(name)_requests_failed"] = Double(course.request.failed)
        }
        let growth = (courses.last?.net ?? .nan) / (courses.first?.net ?? .nan)
        let slower = (latency.last ?? .nan) / (latency.first ?? .nan)
        return Row(
            what: "one zone changed among \(names)",
            measured: "\(bytes.map(kilobytes).joined(separator: " / ")) to a node, "
                + "\(latency.map(Figure.short).joined(separator: " / ")) ms to the last",
            aim: "grows with the change", holds: growth <= 5 && slower <= 2,
            beside: "bytes × \(Figure.short(growth)), time × \(Figure.short(slower)) for "
                + "× \((courses.last?.zones ?? 0) / max(1, courses.first?.zones ?? 1)) zones",
            figures: figures,
            notes: courses.map { course in
                "\(course.zones) zones: commit → last of 2 nodes p50 \(Figure.short(Samples(course.latency).median)) ms, "
                    + "p99 \(Figure.short(Samples(course.latency).quantile(0.99))) ms; start → commit "
                    + "\(Figure.short(Samples(course.command).median)) ms; \(kilobytes(Samples(course.bytes).median)) with the change, "
                    + "\(kilobytes(Samples(course.idle).median)) without in the same time; requests meanwhile p50 "
                    + "\(Figure.short(course.request.p50)) ms, p99 \(Figure.short(course.request.p99)) ms, "
                    + "\(course.request.failed) failed"
            } + [
                "\(changes) changes of a header value in the shop's 42 rules; bytes of HTTP answers from serve to a node, heads included",
                "all zones but the shop are the same small one under other names, put into the state at once",
                "holds when ten and more times the zones cost at most five times the bytes and twice the time",
            ])
    }
}

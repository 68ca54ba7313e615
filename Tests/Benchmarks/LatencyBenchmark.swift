import TestKit

/// From the commit of a change to the last node serving it, and the same change through `nginx -s reload` of as many nginx,
/// one after the other in the same run, seen by the same watcher.
///
/// The change: the value that a rule gives a response header, in a configuration of 42 rules, and for one row the
/// origins as well. The watcher asks for a path that the edge answers itself (a blocked one), so that no origin takes
/// part: one node until it serves the change, then the next, with a short rest between answer and question. Asking all of
/// them all the time would take the processors away from what is measured. For Signalbox the clock starts when the commit has returned; for nginx when `nginx -s reload`
/// is started, its files being written already.
struct LatencyBenchmark: Benchmark {
    static let title = "commit to last node"
    static let path = "/.git/config"

    /// What is measured in one run of a scenario.
    struct Course: Sendable {
        var nodes = 2
        /// Each change is of a zone without an application and has an origin that no node knows yet: the nodes take it on
        /// before the commit. Versions cannot show this: their clusters were warm in staging, and stay for half a minute
        /// after a change.
        var newCluster = false
        var besideNginx: Bool { !newCluster }
        /// Every tenth promotion lets Envoy judge the plan first, which delays the commit and nothing after it.
        var letsEnvoyJudge: Bool { nodes == 2 && !newCluster }
        var tellsGates: Bool { nodes == 2 }

        /// A sighting may be late by as much, and by a question for each node.
        var pause: Duration { .milliseconds(nodes > 2 ? 2 : 1) }
        var name: String { "\(nodes) nodes" + (newCluster ? ", with a new cluster" : "") }
    }

    let changes: Int
    /// Nanoseconds from one change to the next of the same kind.
    let spacing: UInt64
    /// Name of the one course to run; nil: all.
    let only: String?

    init(changes: Int, spacing: Int = 1000, only: String? = nil) {
        self.only = only
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
        /// Clusters that the first node's Envoy took on in the course of the run.
        var clustersAdded = 0
    }

    func rows() async throws -> [Row] {
        var rows: [Row] = []
        let courses = [Course(), Course(nodes: 10), Course(newCluster: true)]
        for course in courses where only == nil || course.name == only {
            rows += self.rows(try await run(course), course)
        }
        return rows
    }

    private func run(_ course: Course) async throws -> Times {
        // Thousands of polls a second would fill access logs on the disk that the state is synced to. nginx keeps none.
        let edge = try await EdgeScenario.running(nodes: course.nodes, nodeOptions: ["--no-access-log"])
        try await edge.prepareRelease()
        try await edge.isSettled()
        let nginx =
            course.besideNginx
            ? try await NginxPeer.start(course.nodes, origins: edge.origins.origins.map(\.listening)) : nil
        // Without nginx in between half the time from one change to the next is enough.
        let spacing = nginx == nil ? self.spacing / 2 : self.spacing
        var times = Times()
        let clusters = try await NodeAdmin.counter(Self.added, of: edge.nodes[0]) ?? 0
        for index in 0..<changes {
            let start = Monotonic.nanoseconds()
            let release = index.isMultiple(of: 2) ? "release-2" : "release-1"
            if course.newCluster {
                try await changeOrigin(edge, index, course, &times)
            } else {
                let withEnvoy = course.letsEnvoyJudge && index % 20 == 10
                try await change(edge, to: release, withEnvoy: withEnvoy, course, &times)
            }
            if let nginx {
                try await Clocks.wait(until: start + spacing / 2)
                try await reload(nginx, to: release, course, &times)
            }
            try await Clocks.wait(until: start + spacing)
        }
        times.clustersAdded = (try await NodeAdmin.counter(Self.added, of: edge.nodes[0]) ?? 0) - clusters
        await nginx?.stop()
        await edge.stop()
        return times
    }

    private static let added = "cluster_manager.cluster_added"

    private func change(
        _ edge: EdgeScenario, to release: String, withEnvoy: Bool, _ course: Course, _ times: inout Times
    ) async throws {
        let isPromotion = release == "release-2"
        var arguments =
            isPromotion
            ? ["promote", "shop"] : ["rollback", "shop", "--to", "1", "--reason", "benchmark"]
        arguments += ["--accept-warnings", "--yes", "--no-wait", "--output", "json", "--quiet"]
        if withEnvoy, let module = Checkout.edgeModule() {
            arguments += ["--envoy", try EnvoyBinary.require(), "--module", module]
        }
        let before = try await measure(edge, arguments, question(edge.production, release, course), &times)
        if isPromotion {
            if withEnvoy {
                times.beforeWithEnvoy.append(before)
            } else {
                times.before.append(before)
            }
        }
    }

    /// A zone of its own with a new release in a header and, by its health check's time limit, an origin that no node
    /// has a cluster for. The path goes to that origin.
    private func changeOrigin(
        _ edge: EdgeScenario, _ index: Int, _ course: Course, _ times: inout Times
    ) async throws {
        let origin = edge.origins.origins[0].listening
        let text = """
            zone: fresh.example
            hosts: [fresh.example]
            origins:
              web:
                endpoints: [{address: \(origin.host), port: \(origin.port)}]
                health: {path: /healthz, interval: 1s, timeout: \(400 + index)ms}
            settings: {default_origin: web, version_header: x-edge-version}
            rules:
              http_response_headers_transform:
                - ref: release
                  expression: "true"
                  action: rewrite
                  action_parameters: {headers: {\(ShopZone.releaseHeader): {operation: set, value: fresh-\(index)}}}

            """
        var question = question(edge.production, "fresh-\(index)", course)
        (question.host, question.path) = ("fresh.example", "/")
        let before = try await measure(
            edge, ["zone", "import", "-", "--accept-warnings", "--yes", "--no-wait", "--output", "json", "--quiet"],
            input: text, question, &times)
        times.before.append(before)
    }

    /// Runs a command that changes what is served and waits until all nodes serve it.
    ///
    /// - Returns: milliseconds from the start of the command to its commit.
    private func measure(
        _ edge: EdgeScenario, _ arguments: [String], input: String = "", _ question: HeaderWatch.Question,
        _ times: inout Times
    ) async throws -> Double {
        async let sightings = HeaderWatch.sightings(question)
        let start = Clocks.wall()
        let answer = try await edge.signalbox(arguments, input: input)
        let committed = try answer.committedAt()
        let seen = await sightings
        guard let last = Self.last(seen) else { throw NotServed(release: question.value, sightings: seen) }
        let latency = Clocks.wall(last) - committed
        if latency > 1000 { tell(latency, edge) }
        times.edge.append(latency)
        times.lostPolls += seen.reduce(0) { $0 + $1.failures }
        return committed - start
    }

    /// A second is no noise: what the programs said about it is worth more than the figure.
    private func tell(_ latency: Double, _ edge: EdgeScenario) {
        let logs = [("serve", edge.serveLog)] + edge.nodes.map { ($0.name, edge.nodeLog($0)) }
        for (name, log) in logs {
            let lines = log.split(separator: "\n").suffix(12).map { "  \($0)" }.joined(separator: "\n")
            Progress.say("a change took \(Figure.short(latency)) ms; \(name) said last:\n\(lines)")
        }
    }

    private func reload(_ nginx: NginxPeer, to release: String, _ course: Course, _ times: inout Times) async throws {
        try nginx.write(release: release)
        async let sightings = HeaderWatch.sightings(question(nginx.addresses, release, course))
        let start = Monotonic.nanoseconds()
        try await nginx.reload()
        let seen = await sightings
        guard let last = Self.last(seen) else { throw NotServed(release: release, sightings: seen) }
        times.reload.append(Double(last - start) / 1e6)
        times.lostReloadPolls += seen.reduce(0) { $0 + $1.failures }
    }

    private func question(_ targets: [HostPort], _ release: String, _ course: Course) -> HeaderWatch.Question {
        var question = HeaderWatch.Question(
            targets: targets, host: ShopZone.host, path: Self.path, header: ShopZone.releaseHeader, value: release,
            within: .seconds(20))
        question.pause = course.pause
        question.isInTurn = true
        return question
    }

    private static func last(_ sightings: [HeaderWatch.Sighting]) -> UInt64? {
        let times = sightings.compactMap(\.seenAt)
        return times.count == sightings.count ? times.max() : nil
    }

    private func rows(_ times: Times, _ course: Course) -> [Row] {
        let (edge, reload) = (Samples(times.edge), Samples(times.reload))
        let text = { (samples: Samples) in
            "p50 \(Figure.short(samples.median)) ms, p99 \(Figure.short(samples.quantile(0.99))) ms"
        }
        var figures = edge.figures("commit_to_last_node", "ms")
        figures["polls_without_answer"] = Double(times.lostPolls)
        figures["clusters_added_on_a_node"] = Double(times.clustersAdded)
        if reload.count > 0 {
            figures.merge(reload.figures("nginx_reload_to_last_node", "ms")) { first, _ in first }
            figures["nginx_polls_without_answer"] = Double(times.lostReloadPolls)
        }
        var notes = [
            "\(course.newCluster ? "a header value and an origin" : "a header value in 42 rules; promote and rollback in turn"), \(spacing / (course.besideNginx ? 1_000_000 : 2_000_000)) ms apart"
                + (course.besideNginx ? ", nginx in between" : ""),
            "the clock starts when the commit has returned, in whole milliseconds; one node after the other is asked every \(course.pause) until it serves the change",
            "polls without an answer: signalbox \(times.lostPolls)"
                + (course.besideNginx ? ", nginx \(times.lostReloadPolls)" : ""),
        ]
        if course.newCluster {
            notes.append(
                "imports of a zone with an origin of its own each time; the first node's Envoy took on \(times.clustersAdded) clusters in \(edge.count) changes"
            )
        }
        if course.besideNginx {
            notes.append(
                "nginx: \(course.nodes) masters with the same rules, from the start of nginx -s reload; the ratio is of the medians"
            )
        }
        let beside = reload.count > 0 ? "nginx -s reload: \(text(reload))" : course.besideNginx ? "no nginx here" : ""
        let row = Row(
            what: "commit → last of \(course.name), \(edge.count) changes", measured: text(edge), aim: "p99 ≤ 50 ms",
            holds: edge.quantile(0.99) <= 50, beside: beside,
            ratio: reload.count > 0 ? edge.median / reload.median : nil, figures: figures, notes: notes)
        return [row] + (course.tellsGates ? [gates(times, course, text)] : [])
    }

    private func gates(_ times: Times, _ course: Course, _ text: (Samples) -> String) -> Row {
        let (before, gated) = (Samples(times.before), Samples(times.beforeWithEnvoy))
        guard course.letsEnvoyJudge else {
            return Row(
                what: "before that: start of zone import → commit", measured: text(before), beside: "",
                figures: before.figures("start_to_commit", "ms"),
                notes: [
                    "the whole command up to its commit; in it the nodes take on the origin and say that they can use it"
                ])
        }
        let figures = before.figures("start_to_commit", "ms")
            .merging(gated.figures("start_to_commit_with_envoy_validate", "ms")) { first, _ in first }
        return Row(
            what: "before that: start of promote → commit", measured: text(before),
            beside: gated.count > 0 ? "with envoy --mode validate: \(text(gated))" : "", figures: figures,
            notes: [
                "the whole command up to its commit: start, planning, findings, thresholds, canary requests, and in \(gated.count) cases Envoy's own check"
            ])
    }

    struct NotServed: Error, CustomStringConvertible {
        let release: String
        let sightings: [HeaderWatch.Sighting]
        var description: String { "\(release) was not served everywhere within 20 s: \(sightings)" }
    }
}

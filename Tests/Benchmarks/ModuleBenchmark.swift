import EdgePlan
import EnvoyConfig
import TestKit

/// Processor time of an Envoy a request: without the module, with it and no rules, with it and 200 rules.
///
/// Each variant is an Envoy of its own with one worker, rendered by the product from the same zone, in front of the same
/// origin. Requests go one at a time over one kept connection; rounds of all variants alternate and begin with another
/// each time. A second Envoy without the module shows what differs between two equal things.
struct ModuleBenchmark: Benchmark {
    static let title = "cost of the module"
    let rounds: Int
    let requests: Int

    init(rounds: Int, requests: Int = 500) {
        self.rounds = max(2, rounds)
        self.requests = max(100, requests)
    }

    private struct Variant {
        let name: String
        let usesModule: Bool
        let rules: Int
    }

    private static let variants = [
        Variant(name: "no module", usesModule: false, rules: 0),
        Variant(name: "no module, again", usesModule: false, rules: 0),
        Variant(name: "0 rules", usesModule: true, rules: 0),
        Variant(name: "200 rules", usesModule: true, rules: 200),
    ]

    func rows() async throws -> [Row] {
        let origin = try await OriginProcess.start()
        var edges: [(envoy: EnvoyProcess, address: HostPort)] = []
        for variant in Self.variants { edges.append(try await start(variant, origin: origin.origins[0].listening)) }
        var used: [[Double]] = edges.map { _ in [] }
        var elapsed: [[Double]] = edges.map { _ in [] }
        // The first round opens connections and fills caches.
        for round in 0...rounds {
            for step in edges.indices {
                let index = (step + round) % edges.count
                let (envoy, address) = edges[index]
                let cost = try await Blocking.run { [requests] in
                    try Self.cost(of: envoy.child.pid, at: address, requests: requests)
                }
                guard round > 0 else { continue }
                used[index].append(cost.processor)
                elapsed[index].append(cost.elapsed)
            }
        }
        for edge in edges { await edge.envoy.stop() }
        await origin.stop()
        return rows(used: used, elapsed: elapsed) + [try EngineBenchmark(rounds: rounds).row()]
    }

    private func start(_ variant: Variant, origin: HostPort) async throws -> (EnvoyProcess, HostPort) {
        let plan = try RuleSet.plan(rules: variant.rules, origin: origin)
        let renderer = EnvoyRenderer(usesModule: variant.usesModule)
        let set = try renderer.render(plan) { EnvoyRenderer.envelope($0) }
        var file = String(decoding: try renderer.validationFile(set), as: UTF8.self)
        // The file is made to be judged, not to be run: it listens on fixed ports and has no admin address.
        let ports = try FreePort.pick(3)
        for (index, port) in ports.prefix(2).enumerated() {
            file = file.replacing("\"port_value\":\(10_000 + index)", with: "\"port_value\":\(port)")
        }
        let admin = HostPort("127.0.0.1", ports[2])
        file.replaceSubrange(
            file.startIndex...file.startIndex,
            with:
                "{\"admin\":{\"address\":{\"socket_address\":{\"address\":\"127.0.0.1\",\"port_value\":\(admin.port)}}},"
        )
        let module = Checkout.edgeModule()
        if variant.usesModule, module == nil { throw EdgeScenario.NoModule() }
        let folder = module.flatMap { path in path.lastIndex(of: "/").map { String(path[..<$0]) } }
        let envoy = try await EnvoyProcess.start(bootstrap: file, admin: admin, modules: folder, logLevel: "warning")
        let address = HostPort("127.0.0.1", ports[0])
        let answer = try await RawHTTP.request("GET", "/", at: address, host: RuleSet.host)
        let rule = answer.first("x-rule-9")
        guard answer.status == 200, (rule != nil) == (variant.rules > 0) else {
            throw Unexpected(variant: variant.name, status: answer.status, log: envoy.log)
        }
        return (envoy, address)
    }

    struct Unexpected: Error, CustomStringConvertible {
        let variant: String
        let status: Int
        let log: String
        var description: String {
            "the Envoy with \(variant) answered \(status), or without its rules: \(log.suffix(2_000))"
        }
    }

    /// Microseconds a request.
    private static func cost(
        of process: Int32, at address: HostPort, requests: Int
    ) throws -> (processor: Double, elapsed: Double) {
        let bytes = RawHTTP.format(
            "GET", "/c/shoes/42?page=2", host: RuleSet.host,
            headers: [
                ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36"),
                ("Accept", "text/html,application/xhtml+xml"), ("Accept-Language", "de,en;q=0.8"),
                ("Cookie", "session=8f3c; theme=dark"),
            ])
        let connection = try RawHTTPConnection(to: address)
        _ = try connection.exchange(bytes)
        let (start, before) = (Monotonic.nanoseconds(), Clocks.processor(of: process))
        for _ in 0..<requests {
            let answer = try connection.exchange(bytes)
            guard answer.status == 200 else { throw Unexpected(variant: "\(address)", status: answer.status, log: "") }
        }
        let (end, after) = (Monotonic.nanoseconds(), Clocks.processor(of: process))
        guard let before, let after else { throw Unexpected(variant: "\(address)", status: 0, log: "it ended") }
        let share = Double(requests) * 1e3
        return (Double(after - before) / share, Double(end - start) / share)
    }

    private func rows(used: [[Double]], elapsed: [[Double]]) -> [Row] {
        let base = Samples(used[0])
        let noise = Samples(zip(used[1], used[0]).map { $0 - $1 })
        return [2, 3].map { index in
            let own = Samples(used[index])
            let extra = Samples(zip(used[index], used[0]).map { $0 - $1 })
            let name = Self.variants[index].name
            var figures = own.figures("with_module", "us").merging(base.figures("without_module", "us")) { first, _ in
                first
            }
            figures.merge(extra.figures("extra", "us")) { first, _ in first }
            figures.merge(noise.figures("between_two_without", "us")) { first, _ in first }
            figures["elapsed_p50_us"] = Samples(elapsed[index]).median
            figures["elapsed_without_p50_us"] = Samples(elapsed[0]).median
            return Row(
                what: "the module a request, \(name)",
                measured: "\(Figure.short(extra.median)) µs CPU (± \(Figure.short(extra.spread)))", aim: "≤ 5 µs",
                holds: extra.median <= 5,
                beside: "Envoy \(Figure.short(own.median)) µs with, \(Figure.short(base.median)) µs without",
                ratio: own.median / base.median, figures: figures,
                notes: [
                    "median over \(rounds) rounds of the difference of neighbouring rounds of \(requests) requests, one at a time; user and system",
                    "of the best rounds, which others disturbed least: \(Figure.short(own.smallest)) µs with, \(Figure.short(base.smallest)) µs without, "
                        + "so \(Figure.short(own.smallest - base.smallest)) µs more",
                    "two equal Envoys without the module differ by \(Figure.short(noise.median)) µs (± \(Figure.short(noise.spread))); "
                        + "time a request as seen by the client \(Figure.short(Samples(elapsed[index]).median)) µs, without \(Figure.short(Samples(elapsed[0]).median)) µs",
                ])
        }
    }
}

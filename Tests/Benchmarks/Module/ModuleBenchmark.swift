import TestKit

/// Processor time of an Envoy a request: without the module, with it and 0 to 2,000 rules; and of nginx with as many
/// rules of its own.
///
/// The Envoys are listeners of one process with one worker, rendered by the product from the same zone and in front of
/// the same origin; each nginx is a process of its own. The load is a closed loop over eight kept connections: the worker
/// is never idle for long, so that a request pays neither for being woken up nor for cold caches, which one request at a
/// time does. Rounds are short and go over all variants, beginning with another each time and every other time
/// backwards, so that whatever else the machine does meets all of them alike; what is reported is the median of the
/// differences within a round. What two equal listeners differ by is reported beside.
struct ModuleBenchmark: Benchmark {
    static let title = "cost of the module"
    static let connections = 8
    static let counts = [0, 10, 200, 2_000]
    let rounds: Int
    let requests: Int
    /// How often all processes are started.
    let starts: Int

    init(rounds: Int, requests: Int = 1_000) {
        self.rounds = max(2, rounds)
        self.requests = max(100, requests)
        starts = rounds < 20 ? 1 : 3
    }

    func rows() async throws -> [Row] {
        let origin = try FixedOrigin()
        let folder = try TemporaryDirectory("modules")
        let modules = try await SharedEnvoy.modules(in: folder)
        let variants =
            ModuleVariant.all(rules: Self.counts, hasFloor: modules.hasFloor)
            + Self.counts.map { ModuleVariant(kind: .nginx, rules: $0) }
        var figures = ModuleFigures(connections: Self.connections, requests: requests)
        for start in 0..<starts {
            let edges = try await ModuleEdge.start(variants, origin: origin.address, modules: modules.path)
            // The first round of each start fills caches.
            for round in 0...((rounds + starts - 1) / starts) {
                for step in edges.indices {
                    let place = round.isMultiple(of: 2) ? step : edges.count - 1 - step
                    let edge = edges[(place + round / 2 + start) % edges.count]
                    let (busy, single) = try await Blocking.run { [requests] in
                        (
                            try edge.cost(connections: Self.connections, requests: requests),
                            try edge.cost(connections: 1, requests: max(100, requests / 10))
                        )
                    }
                    if round > 0 { figures.add(edge.variant, busy: busy, single: single) }
                }
            }
            for edge in edges { await edge.stop() }
        }
        withExtendedLifetime(folder) {}
        origin.stop()
        return figures.rows(Self.counts) + [try EngineBenchmark(rounds: min(rounds, 32)).row()]
    }
}

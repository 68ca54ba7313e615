import TestKit

/// Processor time of an Envoy a request: without the module, with it and 0 to 2,000 rules; and of nginx with as many
/// rules of its own.
///
/// Each variant is a process of its own with one worker in front of the same origin; Envoys are rendered by the product
/// from the same zone. The load is a closed loop over eight kept connections: the worker is never idle for long, so
/// that a request pays neither for being woken up nor for cold caches, which one request at a time does. Rounds of all
/// variants alternate and begin with another each time; what is reported is the median of the differences within a
/// round. All processes are started anew several times, because two equal ones differ by how their memory happens to
/// lie; what two equal Envoys differ by is reported beside.
struct ModuleBenchmark: Benchmark {
    static let title = "cost of the module"
    static let connections = 8
    static let counts = [0, 10, 200, 2_000]
    let rounds: Int
    let requests: Int
    /// How often all processes are started.
    let starts: Int

    init(rounds: Int, requests: Int = 3_000) {
        self.rounds = max(2, rounds)
        self.requests = max(100, requests)
        starts = rounds < 20 ? 1 : 4
    }

    private static let variants =
        [ModuleVariant(kind: .plain), ModuleVariant(kind: .plainAgain)]
        + counts.map { ModuleVariant(kind: .module, rules: $0) }
        + counts.map { ModuleVariant(kind: .nginx, rules: $0) }

    func rows() async throws -> [Row] {
        let origin = try FixedOrigin()
        var figures = ModuleFigures(connections: Self.connections, requests: requests)
        for start in 0..<starts {
            var edges: [ModuleEdge] = []
            for variant in Self.variants {
                if let edge = try await ModuleEdge.start(variant, origin: origin.address) { edges.append(edge) }
            }
            // The first round of each start fills caches.
            for round in 0...((rounds + starts - 1) / starts) {
                for step in edges.indices {
                    let edge = edges[(step + round + start) % edges.count]
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
        origin.stop()
        return figures.rows(Self.counts) + [try EngineBenchmark(rounds: rounds).row()]
    }
}

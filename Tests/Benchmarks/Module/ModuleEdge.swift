import Glibc
import TestKit

/// What a request is sent through: an Envoy without the module or with it and so many rules, or nginx with as many of
/// its own.
struct ModuleVariant: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case plain
        /// Once more without the module: how much two equal things differ.
        case plainAgain
        case module
        /// With a filter that does nothing, ``FloorModule``.
        case idle
        /// With one that moves as many headers as the module with so many rules.
        case floor
        /// Without the module, with Envoy's own routes for so many rules.
        case native
        case nginx
    }

    let kind: Kind
    var rules = 0

    /// Counts of rules for which the floor is measured.
    static let floors = [0, 200]
    /// Counts of rules that are made Envoy's own routes.
    static let natives = [200, 2_000]

    /// What every comparison has: an Envoy without a module twice, with the module, and the floor where it was built.
    static func all(rules counts: [Int], hasFloor: Bool) -> [ModuleVariant] {
        let floor =
            [ModuleVariant(kind: .idle)] + floors.filter(counts.contains).map { ModuleVariant(kind: .floor, rules: $0) }
        return [ModuleVariant(kind: .plain), ModuleVariant(kind: .plainAgain)] + (hasFloor ? floor : [])
            + counts.map { ModuleVariant(kind: .module, rules: $0) }
            + natives.filter(counts.contains).map { ModuleVariant(kind: .native, rules: $0) }
    }

    /// How ``FloorModule`` is configured for it; nil: it has no such filter.
    var floorMode: String? {
        switch kind {
        case .idle: FloorModule.idle
        // The version's header, too.
        case .floor: "\(1 + RuleSet.holding(of: rules))"
        case .plain, .plainAgain, .module, .native, .nginx: nil
        }
    }

    var name: String {
        switch kind {
        case .plain: "no module"
        case .plainAgain: "no module, again"
        case .module: "the module with \(rules) rules"
        case .idle: "a filter that does nothing"
        case .native: "Envoy's routes for \(rules) rules"
        case .floor: "a filter that moves the headers of \(rules) rules"
        case .nginx: "nginx with \(rules) rules"
        }
    }
}

/// One such edge, running: nginx, or a listener of an Envoy that serves other variants too.
struct ModuleEdge: Sendable {
    let variant: ModuleVariant
    let address: HostPort
    private let process: pid_t
    /// The thread that serves requests.
    private let worker: pid_t
    private let child: ChildProcess
    /// What must not go away while it runs.
    private let keeps: any Sendable

    /// Starts all of them and sees that they answer, with their rules. Those for nginx are left out where there is none.
    static func start(
        _ variants: [ModuleVariant], origin: HostPort, modules: String
    ) async throws -> [ModuleEdge] {
        let shared = try await SharedEnvoy.start(
            variants.filter { $0.kind != .nginx }, origin: origin, modules: modules)
        let child = shared.process.child
        guard let worker = ThreadTime.thread(named: "wrk:worker_0", of: child.pid) else {
            throw Unexpected(variant: "Envoy", status: 0, log: shared.process.log)
        }
        var edges: [ModuleEdge] = []
        for variant in variants {
            if let address = shared.addresses[variant] {
                edges.append(
                    ModuleEdge(
                        variant: variant, address: address, process: child.pid, worker: worker, child: child,
                        keeps: shared.process))
            } else if let edge = try await nginx(variant, origin: origin) {
                edges.append(edge)
            }
        }
        return edges
    }

    /// An Envoy ends with the first of its variants.
    func stop() async { await child.terminate() }

    private static func nginx(_ variant: ModuleVariant, origin: HostPort) async throws -> ModuleEdge? {
        let folder = try TemporaryDirectory("nginx")
        let address = try FreePort.one()
        let rules = NginxRules(rules: variant.rules, listen: address, origin: origin, folder: folder)
        guard let child = try await rules.start() else { return nil }
        return ModuleEdge(
            variant: variant, address: address, process: child.pid, worker: child.pid, child: child, keeps: folder)
    }

    struct Unexpected: Error, CustomStringConvertible {
        let variant: String
        let status: Int
        let log: String
        var description: String { "\(variant) answered \(status), or without its rules: \(log.suffix(2_000))" }
    }

    // MARK: cost

    /// What a request cost, in microseconds.
    struct Cost: Sendable {
        /// User and system time of the worker.
        let processor: Double
        /// Ticks over all requests.
        let userTicks, systemTicks: Double
        /// From the first request to the last answer, over the number of requests.
        let elapsed: Double
        /// How long each took.
        let times: LatencyHistogram
    }

    /// Measures under a closed loop; blocks. Connections are opened and a tenth of the requests sent before.
    func cost(connections: Int, requests: Int) throws -> Cost {
        var load = try SteadyLoad(to: address, connections: connections, request: Self.request)
        try load.run(requests: max(50, requests / 10))
        let before = try used()
        let start = Monotonic.nanoseconds()
        let times = try load.run(requests: requests)
        let end = Monotonic.nanoseconds()
        let after = try used()
        let scale = Double(requests) * 1e3
        return Cost(
            processor: Double(after.total &- before.total) / scale, userTicks: after.userTicks - before.userTicks,
            systemTicks: after.systemTicks - before.systemTicks, elapsed: Double(end - start) / scale,
            times: times)
    }

    private func used() throws -> ThreadTime {
        // The worker has answered everything and goes to sleep; only then its time is accounted.
        poll(nil, 0, 2)
        guard let time = ThreadTime.used(by: worker, of: process) else {
            throw Unexpected(variant: variant.name, status: 0, log: "it ended")
        }
        return time
    }

    /// What a browser asks for.
    static let request = RawHTTP.format(
        "GET", "/c/shoes/42?page=2", host: RuleSet.host,
        headers: [
            ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36"),
            ("Accept", "text/html,application/xhtml+xml"), ("Accept-Language", "de,en;q=0.8"),
            ("Cookie", "session=8f3c; theme=dark"),
        ])
}

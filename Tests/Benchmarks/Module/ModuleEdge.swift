import EdgePlan
import EnvoyConfig
import Glibc
import TestKit

/// What a request is sent through: an Envoy without the module or with it and so many rules, or nginx with as many of
/// its own.
struct ModuleVariant: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case plain
        /// Another Envoy without the module: how much two equal things differ.
        case plainAgain
        case module
        case nginx
    }

    let kind: Kind
    var rules = 0

    var name: String {
        switch kind {
        case .plain: "no module"
        case .plainAgain: "no module, again"
        case .module: "the module with \(rules) rules"
        case .nginx: "nginx with \(rules) rules"
        }
    }
}

/// One such edge with one worker, running.
struct ModuleEdge: Sendable {
    let variant: ModuleVariant
    let address: HostPort
    private let child: ChildProcess
    /// The thread that serves requests.
    private let worker: pid_t
    /// Keeps the folder for as long as the process runs.
    private let folder: TemporaryDirectory?

    /// Starts it and sees that it answers, with its rules. Nil for nginx where there is none.
    static func start(_ variant: ModuleVariant, origin: HostPort) async throws -> ModuleEdge? {
        variant.kind == .nginx
            ? try await nginx(variant, origin: origin) : try await envoy(variant, origin: origin)
    }

    func stop() async { await child.terminate() }

    private static func nginx(_ variant: ModuleVariant, origin: HostPort) async throws -> ModuleEdge? {
        let folder = try TemporaryDirectory("nginx")
        let address = try FreePort.one()
        let rules = NginxRules(rules: variant.rules, listen: address, origin: origin, folder: folder)
        guard let child = try await rules.start() else { return nil }
        return ModuleEdge(variant: variant, address: address, child: child, worker: child.pid, folder: folder)
    }

    private static func envoy(_ variant: ModuleVariant, origin: HostPort) async throws -> ModuleEdge {
        let usesModule = variant.kind == .module
        let plan = try RuleSet.plan(rules: variant.rules, origin: origin)
        let renderer = EnvoyRenderer(usesModule: usesModule)
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
        if usesModule, module == nil { throw EdgeScenario.NoModule() }
        let modules = module.flatMap { path in path.lastIndex(of: "/").map { String(path[..<$0]) } }
        let envoy = try await EnvoyProcess.start(bootstrap: file, admin: admin, modules: modules, logLevel: "warning")
        let address = HostPort("127.0.0.1", ports[0])
        let answer = try await RawHTTP.request("GET", "/", at: address, host: RuleSet.host)
        guard answer.status == 200, (answer.first("x-rule-9") != nil) == (variant.rules > 0),
            let worker = ThreadTime.thread(named: "wrk:worker_0", of: envoy.child.pid)
        else { throw Unexpected(variant: variant.name, status: answer.status, log: envoy.log) }
        return ModuleEdge(
            variant: variant, address: address, child: envoy.child, worker: worker, folder: envoy.directory)
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
    }

    /// Measures under a closed loop; blocks. Connections are opened and a tenth of the requests sent before.
    func cost(connections: Int, requests: Int) throws -> Cost {
        var load = try SteadyLoad(to: address, connections: connections, request: Self.request)
        try load.run(requests: max(50, requests / 10))
        let before = try used()
        let start = Monotonic.nanoseconds()
        try load.run(requests: requests)
        let end = Monotonic.nanoseconds()
        let after = try used()
        let scale = Double(requests) * 1e3
        return Cost(
            processor: Double(after.total &- before.total) / scale, userTicks: after.userTicks - before.userTicks,
            systemTicks: after.systemTicks - before.systemTicks, elapsed: Double(end - start) / scale)
    }

    private func used() throws -> ThreadTime {
        // The worker has answered everything and goes to sleep; only then its time is accounted.
        poll(nil, 0, 2)
        guard let time = ThreadTime.used(by: worker, of: child.pid) else {
            throw Unexpected(variant: variant.name, status: 0, log: "it ended")
        }
        return time
    }

    private static let request = RawHTTP.format(
        "GET", "/c/shoes/42?page=2", host: RuleSet.host,
        headers: [
            ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36"),
            ("Accept", "text/html,application/xhtml+xml"), ("Accept-Language", "de,en;q=0.8"),
            ("Cookie", "session=8f3c; theme=dark"),
        ])
}

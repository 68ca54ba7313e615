import EdgePlan
import EnvoyConfig
import FoundationEssentials
import Glibc
import TestKit

/// One Envoy with one worker and a listener for each variant: without the module, with it and so many rules, and with
/// filters that do less.
///
/// All of them run on the same worker, in the same memory: two processes differ by how theirs happens to lie, which was
/// seen to come to more than what the module costs.
struct SharedEnvoy: Sendable {
    let process: EnvoyProcess
    /// Where each variant listens.
    let addresses: [ModuleVariant: HostPort]

    /// Starts it and sees that every listener answers, with its rules.
    ///
    /// - Parameters:
    ///   - modules: the folder of the module and of ``FloorModule``.
    ///   - under: what runs Envoy, as in ``EnvoyProcess``.
    static func start(
        _ variants: [ModuleVariant], origin: HostPort, modules: String, under: [String] = [],
        within limit: Duration = .seconds(20)
    ) async throws -> SharedEnvoy {
        let ports = try FreePort.pick(variants.count + 1)
        let admin = HostPort("127.0.0.1", ports[variants.count])
        var addresses: [ModuleVariant: HostPort] = [:]
        var listeners: [JSONTree] = []
        var file = JSONTree.null
        for (variant, port) in zip(variants, ports) {
            file = try rendered(variant, origin: origin)
            addresses[variant] = HostPort("127.0.0.1", port)
            listeners.append(Self.listener(file, variant, port: port))
        }
        // The origin is the same in all of them.
        let bootstrap = JSONTree.object([
            "admin": .object(["address": address(port: admin.port)]),
            "node": file["node"],
            "static_resources": .object([
                "clusters": file["static_resources"]["clusters"], "listeners": .array(listeners),
            ]),
        ])
        let envoy = try await EnvoyProcess.start(
            bootstrap: String(decoding: try JSONEncoder().encode(bootstrap), as: UTF8.self), admin: admin,
            modules: modules, logLevel: "warning", under: under, within: limit)
        for (variant, address) in addresses {
            let answer = try await RawHTTP.request("GET", "/", at: address, host: RuleSet.host)
            let isRight =
                switch variant.kind {
                case .module, .nginx: (answer.first("x-rule-9") != nil) == (variant.rules > 0)
                case .floor: answer.first("x-floor-0") != nil
                case .plain, .plainAgain, .idle, .native: true
                }
            guard answer.status == 200, isRight else {
                throw ModuleEdge.Unexpected(variant: variant.name, status: answer.status, log: envoy.log)
            }
        }
        return SharedEnvoy(process: envoy, addresses: addresses)
    }

    /// What the product makes of the same zone, as a file that was made to be judged.
    private static func rendered(_ variant: ModuleVariant, origin: HostPort) throws -> JSONTree {
        let isOurs = variant.kind == .module
        let plan = try RuleSet.plan(rules: isOurs ? variant.rules : 0, origin: origin)
        let renderer = EnvoyRenderer(usesModule: isOurs)
        let file = try renderer.validationFile(try renderer.render(plan) { EnvoyRenderer.envelope($0) })
        return try JSONTree(parsing: String(decoding: file, as: UTF8.self))
    }

    private static func listener(_ file: JSONTree, _ variant: ModuleVariant, port: Int) -> JSONTree {
        guard case .object(var members) = file["static_resources"]["listeners"][0] else { return .null }
        members["name"] = .string(variant.name)
        members["address"] = address(port: port)
        let plain = JSONTree.object(members)
        let listener = variant.kind == .native ? NativeRules.adding(variant.rules, to: plain) : plain
        guard let mode = variant.floorMode else { return listener }
        return prepending(FloorModule.filter(mode), in: listener)
    }

    /// The tree with a filter in front of those of each connection manager.
    private static func prepending(_ filter: JSONTree, in tree: JSONTree) -> JSONTree {
        switch tree {
        case .object(var members):
            if case .array(let filters) = members["http_filters"] {
                members["http_filters"] = .array([filter] + filters)
                return .object(members)
            }
            return .object(members.mapValues { prepending(filter, in: $0) })
        case .array(let elements): return .array(elements.map { prepending(filter, in: $0) })
        default: return tree
        }
    }

    /// A folder with the module, or a copy of it, and where it can be built the floor.
    static func modules(
        _ module: String? = nil, in folder: TemporaryDirectory
    ) async throws -> (path: String, hasFloor: Bool) {
        guard let module = module ?? Checkout.edgeModule() else { throw EdgeScenario.NoModule() }
        let place = folder.path("libsignalbox_edge.so")
        if module != place { symlink(module, place) }
        return (folder.path, try await FloorModule.build(in: folder))
    }

    private static func address(port: Int) -> JSONTree {
        .object([
            "socket_address": .object(["address": .string("127.0.0.1"), "port_value": .number(Double(port))])
        ])
    }

    func stop() async { await process.stop() }
}

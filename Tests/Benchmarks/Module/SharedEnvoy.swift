import EdgePlan
import EnvoyConfig
import FoundationEssentials
import Glibc
import TestKit

/// One Envoy with one worker and a listener for each variant: without the module, and with it and so many rules.
///
/// All of them run on the same worker, in the same memory: two processes differ by how theirs happens to lie, which was
/// seen to come to more than what the module costs.
struct SharedEnvoy: Sendable {
    let process: EnvoyProcess
    /// Where each variant listens.
    let addresses: [ModuleVariant: HostPort]

    /// Starts it and sees that every listener answers, with its rules.
    ///
    /// - Parameter under: what runs Envoy, as in ``EnvoyProcess``.
    static func start(
        _ variants: [ModuleVariant], origin: HostPort, module: String? = nil, under: [String] = [],
        within limit: Duration = .seconds(20)
    ) async throws -> SharedEnvoy {
        guard let module = module ?? Checkout.edgeModule() else { throw EdgeScenario.NoModule() }
        let ports = try FreePort.pick(variants.count + 1)
        let admin = HostPort("127.0.0.1", ports[variants.count])
        var addresses: [ModuleVariant: HostPort] = [:]
        var listeners: [JSONTree] = []
        var file = JSONTree.null
        for (variant, port) in zip(variants, ports) {
            file = try rendered(variant, origin: origin)
            addresses[variant] = HostPort("127.0.0.1", port)
            listeners.append(Self.listener(file, named: variant.name, port: port))
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
            modules: module.lastIndex(of: "/").map { String(module[..<$0]) }, logLevel: "warning", under: under,
            within: limit)
        for (variant, address) in addresses {
            let answer = try await RawHTTP.request("GET", "/", at: address, host: RuleSet.host)
            guard answer.status == 200, (answer.first("x-rule-9") != nil) == (variant.rules > 0) else {
                throw ModuleEdge.Unexpected(variant: variant.name, status: answer.status, log: envoy.log)
            }
        }
        return SharedEnvoy(process: envoy, addresses: addresses)
    }

    /// What the product makes of the same zone, as a file that was made to be judged.
    private static func rendered(_ variant: ModuleVariant, origin: HostPort) throws -> JSONTree {
        let plan = try RuleSet.plan(rules: variant.rules, origin: origin)
        let renderer = EnvoyRenderer(usesModule: variant.kind == .module)
        let file = try renderer.validationFile(try renderer.render(plan) { EnvoyRenderer.envelope($0) })
        return try JSONTree(parsing: String(decoding: file, as: UTF8.self))
    }

    private static func listener(_ file: JSONTree, named name: String, port: Int) -> JSONTree {
        guard case .object(var members) = file["static_resources"]["listeners"][0] else { return .null }
        members["name"] = .string(name)
        members["address"] = address(port: port)
        return .object(members)
    }

    private static func address(port: Int) -> JSONTree {
        .object([
            "socket_address": .object(["address": .string("127.0.0.1"), "port_value": .number(Double(port))])
        ])
    }

    func stop() async { await process.stop() }
}

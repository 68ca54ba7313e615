import EdgePlan
import EnvoyConfig
import TestKit

/// A real Envoy with the edge module in front of real origins; what it serves is swapped through files.
final class LabEdge {
    let origins: OriginProcess
    /// Addresses of both networks, IPv4 first.
    let servers: [HostPort]
    let servers6: [HostPort]
    private let envoy: EnvoyProcess
    private let files: ConfigurationFiles
    private var generation = 0

    private init(
        origins: OriginProcess, servers: [HostPort], servers6: [HostPort], envoy: EnvoyProcess,
        files: ConfigurationFiles
    ) {
        self.origins = origins
        self.servers = servers
        self.servers6 = servers6
        self.envoy = envoy
        self.files = files
    }

    static func isLower(_ server: HostPort) -> Bool { Pools.stagingAddresses.contains(server.host) }

    static func start() async throws -> LabEdge {
        guard let module = Checkout.edgeModule() else { throw NoModule() }
        let origins = try await OriginProcess.start(Pools.originNames.map { "\($0):lab" })
        LabOrigin.know(Dictionary(uniqueKeysWithValues: origins.origins.map { ($0.origin, $0.listening.port) }))
        let ports = try FreePort.pick(2, on: ["127.0.0.1"] + Pools.stagingAddresses)
        let ports6 = try FreePort.pick(1, on: ["::1"])
        let servers =
            ["127.0.0.1", Pools.stagingAddresses[0], Pools.stagingAddresses[1]].map { HostPort($0, ports[0]) }
            + [HostPort("127.0.0.1", ports[1])]
        let servers6 = ports6.map { HostPort("::1", $0) }
        let files = try ConfigurationFiles(
            listeners: (servers + servers6).map {
                ListenerPlan(network: isLower($0) ? .lower : .production, address: $0.host, port: $0.port)
            })
        try files.write(EdgePlan.empty.adding(generation: 0), inShards: false)
        let admin = try FreePort.one()
        let envoy = try await EnvoyProcess.start(
            bootstrap: files.bootstrap(admin: admin), admin: admin,
            modules: String(module[..<(module.lastIndex(of: "/") ?? module.startIndex)]),
            arguments: ["--reject-unknown-dynamic-fields"])
        return LabEdge(origins: origins, servers: servers, servers6: servers6, envoy: envoy, files: files)
    }

    /// Swaps what is served; done when every listener answers from the new plan. Every other plan is served in shards.
    /// - Parameter inShards: false: whole; the lab's shards stand in listeners, and Envoy keeps the old ones for minutes.
    func serve(_ plan: EdgePlan, inShards: Bool? = nil) async throws {
        generation += 1
        let (envoy, number) = (envoy, generation)
        let before = try await envoy.stats("cluster_manager.cds.update_success").values.first ?? 0
        try files.writeClusters(plan)
        try await eventually("the new clusters") {
            let now = try await envoy.stats("cluster_manager.(cds.update_success|warming_clusters)$")
            return (now["cluster_manager.cds.update_success"] ?? 0) > before
                && now["cluster_manager.warming_clusters"] == 0
        }
        try files.writeRoutes(plan.adding(generation: number), inShards: inShards ?? number.isMultiple(of: 2))
        do {
            for server in servers + servers6 {
                try await eventually("generation \(number) at \(server)") {
                    try await RawHTTP.request("GET", "/", at: server, host: EdgePlan.generationHost).text == "\(number)"
                }
            }
        } catch {
            throw NotServed(error: "\(error)", log: String(envoy.log.suffix(3000)))
        }
    }

    func stop() async {
        await envoy.stop()
        await origins.stop()
    }

    var log: String { envoy.log }
    var isRunning: Bool { envoy.child.isRunning }
    var residentKilobytes: Int? { envoy.residentKilobytes }

    struct NoModule: Error, CustomStringConvertible {
        var description: String { "no edge module: run make edge, or set SIGNALBOX_EDGE_MODULE" }
    }

    struct NotServed: Error, CustomStringConvertible {
        let error: String
        let log: String
        var description: String { "\(error); Envoy's log ends:\n\(log)" }
    }
}

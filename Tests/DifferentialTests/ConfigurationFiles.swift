import EdgePlan
import EnvoyConfig
import Glibc
import TestKit

/// The files from which an Envoy without a control plane takes listeners, clusters and routes.
final class ConfigurationFiles {
    private let directory: TemporaryDirectory
    private let renderer = EnvoyRenderer()
    private var clusters: [ClusterResource] = []
    private var moves = 0

    init(listeners: [ListenerPlan]) throws {
        directory = try TemporaryDirectory("differential")
        let resources = try renderer.listeners(listeners, accessLog: nil)
        let text = String(decoding: DiscoveryAnswer(resources).body, as: UTF8.self)
        try put(Network.allCases.reduce(text) { fetchingRoutes(of: $1, in: $0) }, "listeners")
    }

    func write(_ plan: EdgePlan) throws {
        try writeClusters(plan)
        try writeRoutes(plan)
    }

    /// Those of before stay, as a node keeps them until nothing leads there any more.
    func writeClusters(_ plan: EdgePlan) throws {
        let set = try renderer.render(plan, encode: EnvoyRenderer.envelope)
        clusters = ResourceSet.union(clusters, set.clusters)
        try put(String(decoding: DiscoveryAnswer(clusters.map(\.resource)).body, as: UTF8.self), "clusters")
    }

    func writeRoutes(_ plan: EdgePlan) throws {
        let set = try renderer.render(plan, encode: EnvoyRenderer.envelope)
        for network in Network.allCases {
            let answer = DiscoveryAnswer([set.routes(network).resource])
            try put(String(decoding: answer.body, as: UTF8.self), network.rawValue)
        }
    }

    func bootstrap(admin: HostPort) -> String {
        """
        {"node":{"id":"lab","cluster":"lab"},
        "admin":{"address":{"socket_address":{"address":"\(admin.host)","port_value":\(admin.port)}}},
        "dynamic_resources":{"lds_config":\(source("listeners")),"cds_config":\(source("clusters"))}}
        """
    }

    private func source(_ name: String) -> String {
        let folder = directory.path(name)
        return """
            {"resource_api_version":"V3","path_config_source":{"path":"\(folder)/\(name).json",\
            "watched_directory":{"path":"\(folder)"}}}
            """
    }

    /// The listener as rendered, but its routes come from a file instead of the control plane.
    private func fetchingRoutes(of network: Network, in text: String) -> String {
        let end = ",\"route_config_name\":\"\(EnvoyRenderer.routeConfigurationName(network))\""
        let parts = text.split(separator: end, omittingEmptySubsequences: false)
        return parts.dropLast().map { part in
            let pieces = part.split(separator: "\"config_source\":", omittingEmptySubsequences: false)
            return pieces.dropLast().joined(separator: "\"config_source\":") + "\"config_source\":"
                + source(network.rawValue) + end
        }.joined() + (parts.last ?? "")
    }

    /// Envoy looks when a file is moved into a watched folder.
    private func put(_ text: String, _ name: String) throws {
        moves += 1
        let new = try directory.write(text, to: "\(name)/\(moves).new")
        let place = directory.path("\(name)/\(name).json")
        guard rename(new, place) == 0 else { throw CannotMove() }
    }

    struct CannotMove: Error {}
}

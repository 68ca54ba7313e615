import EdgePlan
import EnvoyConfig
import Glibc
import TestKit

/// The files from which an Envoy without a control plane takes listeners, clusters and routes.
final class ConfigurationFiles {
    private let directory: TemporaryDirectory
    private let sockets: [ListenerPlan]
    private var clusters: [ClusterResource] = []
    private var moves = 0

    init(listeners: [ListenerPlan]) throws {
        directory = try TemporaryDirectory("differential")
        sockets = listeners
    }

    func write(_ plan: EdgePlan, inShards: Bool) throws {
        try writeClusters(plan)
        try writeRoutes(plan, inShards: inShards)
    }

    /// Those of before stay, as a node keeps them until nothing leads there any more.
    func writeClusters(_ plan: EdgePlan) throws {
        let set = try EnvoyRenderer().render(plan, encode: EnvoyRenderer.envelope)
        clusters = ResourceSet.union(clusters, set.clusters)
        try put(String(decoding: DiscoveryAnswer(clusters.map(\.resource)).body, as: UTF8.self), "clusters")
    }

    /// - Parameter inShards: as a large network is served.
    func writeRoutes(_ plan: EdgePlan, inShards: Bool) throws {
        let renderer = EnvoyRenderer(largestWhole: inShards ? 0 : 1_000)
        let set = try renderer.render(plan, encode: EnvoyRenderer.envelope)
        let resources = try renderer.listeners(sockets, accessLog: nil, inShards: inShards)
        let text = String(decoding: DiscoveryAnswer(resources).body, as: UTF8.self)
        guard !inShards else { return try put(carryingShards(of: set, renderer, in: text), "listeners") }
        for network in Network.allCases {
            let answer = DiscoveryAnswer([set.routes(network).resource])
            try put(String(decoding: answer.body, as: UTF8.self), network.rawValue)
        }
        try put(Network.allCases.reduce(text) { fetchingRoutes(of: $1, in: $0) }, "listeners")
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

    /// The listeners as rendered, but with their shards in place, as the file for `--mode validate` has them.
    private func carryingShards(of set: ResourceSet, _ renderer: EnvoyRenderer, in text: String) throws -> String {
        let file = String(decoding: try renderer.validationFile(set), as: UTF8.self)
        let inPlace = Dictionary(
            uniqueKeysWithValues: zip(Network.allCases, Self.scopedRoutes(in: file)).map { ($0.rawValue, $1.text) })
        var result = ""
        var rest = text[...]
        for found in Self.scopedRoutes(in: text) {
            let before = text[rest.startIndex..<found.range.lowerBound]
            let network = before.contains("\"value\":\"shards lower\"") ? "lower" : "production"
            result += before + (inPlace[network] ?? "")
            rest = text[found.range.upperBound...]
        }
        return result + rest
    }

    /// Each value of `scoped_routes`. No text in it has a brace: names and base64 only.
    private static func scopedRoutes(in text: String) -> [(range: Range<String.Index>, text: String)] {
        text.ranges(of: "\"scoped_routes\":").map { key in
            var (depth, end) = (0, key.upperBound)
            for index in text[key.upperBound...].indices {
                if text[index] == "{" { depth += 1 } else if text[index] == "}" { depth -= 1 }
                end = text.index(after: index)
                if depth == 0 { break }
            }
            return (key.upperBound..<end, String(text[key.upperBound..<end]))
        }
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

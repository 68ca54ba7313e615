internal import EdgePlan

extension EnvoyRenderer {
    /// A whole start file that serves the rendered plan from fixed addresses: what `envoy --mode validate` can judge,
    /// clusters and routes together. Nothing is bound while validating.
    package func validationFile(_ set: ResourceSet, accessLog: String? = nil) throws -> [UInt8] {
        struct Static: Encodable {
            var clusters: [JSONValue]
            var listeners: [Listener]
        }
        struct File: Encodable {
            struct Node: Encodable { var id = "validate", cluster = "signalbox" }
            var node = Node()
            var staticResources: Static
        }
        let listeners = try Network.allCases.enumerated().map { index, network in
            let table = set.routes(network)
            var manager = connectionManager(
                network, accessLog: accessLog, routes: table.shards.isEmpty ? nil : .shards(nil))
            if table.shards.isEmpty {
                manager.routeConfig = Erased(try JSONValue(parsing: table.resource.bytes).untyped)
            } else {
                manager.scopedRoutes = ScopedRoutes(inline: try scopesInPlace(table))
            }
            return Listener(name: network.rawValue, address: .socket("127.0.0.1", 10_000 + index), manager: manager)
        }
        let clusters = try set.clusters.map { try JSONValue(parsing: $0.resource.bytes).untyped }
        return try CanonicalJSON.bytes(File(staticResources: Static(clusters: clusters, listeners: listeners)))
    }

    private func scopesInPlace(_ table: RouteTable) throws -> [Erased] {
        try table.shards.enumerated().map { shard, part in
            let routes = ShardTable.resource(table.network, shard, part.zones)
            return Erased(
                ScopedRouteConfiguration(
                    name: routes.name, routeConfiguration: Erased(try JSONValue(parsing: routes.bytes).untyped),
                    key: .init(fragments: [.init(stringKey: Self.shardKey(table.network, shard))])))
        }
    }
}

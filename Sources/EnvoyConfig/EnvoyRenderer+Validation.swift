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
            var manager = connectionManager(network, accessLog: accessLog)
            manager.routeConfig = Erased(try JSONValue(parsing: set.routes(network).resource.bytes).untyped)
            return Listener(name: network.rawValue, address: .socket("127.0.0.1", 10_000 + index), manager: manager)
        }
        let clusters = try set.clusters.map { try JSONValue(parsing: $0.resource.bytes).untyped }
        return try CanonicalJSON.bytes(File(staticResources: Static(clusters: clusters, listeners: listeners)))
    }
}

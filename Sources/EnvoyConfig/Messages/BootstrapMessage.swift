/// `envoy.config.bootstrap.v3.Bootstrap`
struct BootstrapMessage: Encodable {
    struct Node: Encodable {
        var id: String
        var cluster: String
        var locality: Locality?
        var metadata: Metadata

        struct Locality: Encodable { var region: String }
        struct Metadata: Encodable { var signalbox: NodeMetadata }
    }

    struct Admin: Encodable { var address: Address }

    struct DynamicResources: Encodable {
        var ldsConfig: ConfigSource
        var cdsConfig: ConfigSource
    }

    struct StaticResources: Encodable {
        var listeners: [Listener]
        var clusters: [Cluster]
    }

    struct LayeredRuntime: Encodable {
        struct Layer: Encodable {
            var name: String
            var staticLayer: [String: Int]
        }
        var layers: [Layer]
    }

    struct OverloadManager: Encodable { var resourceMonitors: [Extension] }

    var node: Node
    var admin: Admin
    var dynamicResources: DynamicResources?
    var staticResources: StaticResources
    var layeredRuntime: LayeredRuntime?
    var overloadManager: OverloadManager?
}

/// `envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig`
struct DownstreamConnections: EnvoyMessage {
    static let messageName =
        "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig"
    var maxActiveDownstreamConnections: Int
}

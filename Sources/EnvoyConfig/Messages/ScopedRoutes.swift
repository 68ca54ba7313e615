/// `envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes`: the route table is chosen by the header
/// in which the module names the shard.
struct ScopedRoutes: Encodable {
    struct KeyBuilder: Encodable {
        struct Fragment: Encodable {
            struct Header: Encodable {
                var name = EdgeContract.shardHeader
                /// Of the whole value, since no separator is given.
                var index = 0
            }
            var headerValueExtractor = Header()
        }
        var fragments = [Fragment()]
    }

    struct Fetched: Encodable { var scopedRdsConfigSource: ConfigSource }

    /// Scopes in place, each with its routes: for a file that stands alone.
    struct Inline: Encodable { var scopedRouteConfigurations: [Erased] }

    var name = "signalbox"
    var scopeKeyBuilder = KeyBuilder()
    var rdsConfigSource: ConfigSource?
    var scopedRds: Fetched?
    var scopedRouteConfigurationsList: Inline?

    init(from source: ConfigSource) {
        rdsConfigSource = source
        scopedRds = Fetched(scopedRdsConfigSource: source)
    }

    init(inline: [Erased]) { scopedRouteConfigurationsList = Inline(scopedRouteConfigurations: inline) }
}

/// `envoy.config.route.v3.ScopedRouteConfiguration`
struct ScopedRouteConfiguration: EnvoyMessage {
    static let messageName = "envoy.config.route.v3.ScopedRouteConfiguration"

    struct Key: Encodable {
        struct Fragment: Encodable { var stringKey: String }
        var fragments: [Fragment]
    }

    var name: String
    var routeConfigurationName: String?
    var routeConfiguration: Erased?
    var key: Key
}

package import EdgePlan

/// How a listener gets its routes.
enum RouteLayout {
    case whole(ConfigSource)
    /// nil: the scopes are put in place.
    case shards(ConfigSource?)
}

extension EnvoyRenderer {
    /// What leads from the module's header to the shards of networks: never changes, whatever zones there are.
    ///
    /// Envoy asks for scopes without a name and all its listeners share one subscription, so the scopes of a node's
    /// networks come together and their keys tell the network.
    package static func scopes(_ networks: [Network]) throws -> [Resource] {
        try networks.flatMap { network in
            try (0..<RouteShard.count).map { shard in
                let name = routeConfigurationName(network, shard: shard)
                let key = shardKey(network, shard)
                return try Resource(
                    name: name,
                    ScopedRouteConfiguration(
                        name: name, routeConfigurationName: name, key: .init(fragments: [.init(stringKey: key)])))
            }
        }
    }

    /// `p07`, as the module writes it into its header.
    static func shardKey(_ network: Network, _ shard: Int) -> String {
        network.rawValue.prefix(1) + RouteShard.text(shard)
    }
}

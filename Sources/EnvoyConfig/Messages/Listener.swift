/// `envoy.config.listener.v3.Listener`
struct Listener: EnvoyMessage {
    static let messageName = "envoy.config.listener.v3.Listener"

    struct FilterChain: Encodable { var filters: [Extension] }

    var name: String
    var address: Address
    var filterChains: [FilterChain]
    var perConnectionBufferLimitBytes: Int?

    init(name: String, address: Address, manager: ConnectionManager) {
        self.name = name
        self.address = address
        filterChains = [
            FilterChain(filters: [Extension("envoy.filters.network.http_connection_manager", manager)])
        ]
        perConnectionBufferLimitBytes = ConnectionManager.connectionBufferBytes
    }
}

/// `envoy.extensions.filters.http.router.v3.Router`
struct Router: EnvoyMessage {
    static let messageName = "envoy.extensions.filters.http.router.v3.Router"
    /// Nothing of Envoy's own is told to clients or origins.
    var suppressEnvoyHeaders = true
}

/// `envoy.config.listener.v3.Listener`
struct Listener: EnvoyMessage {
    static let messageName = "envoy.config.listener.v3.Listener"

    struct FilterChain: Encodable {
        struct Match: Encodable {
            /// What the client asks for in its hello (SNI); `*.example.com` stands for every name below.
            var serverNames: [String]?
            /// The peer itself, whatever a PROXY header says.
            var directSourcePrefixRanges: [AddressRange]?
        }

        var name: String?
        var filterChainMatch: Match?
        var filters: [Extension]
        var transportSocket: Extension?
        /// For the handshake.
        var transportSocketConnectTimeout: Seconds?

        init(
            name: String? = nil, match: Match? = nil, manager: ConnectionManager, tls: DownstreamTlsContext? = nil
        ) {
            self.name = name
            filterChainMatch = match
            filters = [Extension("envoy.filters.network.http_connection_manager", manager)]
            transportSocket = tls.map { Extension("envoy.transport_sockets.tls", $0) }
            transportSocketConnectTimeout = tls.map { _ in Seconds(10) }
        }
    }

    var name: String
    var address: Address
    var listenerFilters: [Extension]?
    var filterChains: [FilterChain]
    var perConnectionBufferLimitBytes: Int?

    init(name: String, address: Address, listenerFilters: [Extension]? = nil, chains: [FilterChain]) {
        self.name = name
        self.address = address
        self.listenerFilters = listenerFilters
        filterChains = chains
        perConnectionBufferLimitBytes = ConnectionManager.connectionBufferBytes
    }

    init(name: String, address: Address, manager: ConnectionManager) {
        self.init(name: name, address: address, chains: [FilterChain(manager: manager)])
    }
}

/// `envoy.config.core.v3.CidrRange`
struct AddressRange: Encodable {
    var addressPrefix: String
    var prefixLen: Int

    /// - Returns: nil unless it is an address, or an address with the length of its prefix.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let address = parts.first.map(String.init), parts.count <= 2, IPAddressText.isAddress(address) else {
            return nil
        }
        let longest = address.contains(":") ? 128 : 32
        let length = parts.count == 2 ? Int(parts[1]) ?? -1 : longest
        guard (0...longest).contains(length) else { return nil }
        addressPrefix = address
        prefixLen = length
    }
}

/// `envoy.extensions.filters.http.router.v3.Router`
struct Router: EnvoyMessage {
    static let messageName = "envoy.extensions.filters.http.router.v3.Router"
    /// Nothing of Envoy's own is told to clients or origins.
    var suppressEnvoyHeaders = true
}

/// `envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector`: reads the server name before a chain is chosen.
struct TlsInspector: EnvoyMessage {
    static let messageName = "envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector"
}

/// `envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol`, versions 1 and 2. A connection that begins
/// without the header is closed.
struct ProxyProtocol: EnvoyMessage {
    static let messageName = "envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol"
    var allowRequestsWithoutProxyProtocol = false
}

package import EdgePlan

/// A socket on which a node serves one of the networks.
package struct ListenerPlan: Hashable, Sendable {
    package var network: Network
    package var address: String
    package var port: Int
    package var isTLS: Bool
    /// Peers that may connect, as CIDR texts; each begins with a PROXY header. nil: anybody, without one.
    package var loadBalancers: [String]?

    package init(
        network: Network, address: String, port: Int, isTLS: Bool = false, loadBalancers: [String]? = nil
    ) {
        self.network = network
        self.address = address
        self.port = port
        self.isTLS = isTLS
        self.loadBalancers = loadBalancers
    }

    /// Changes with the socket, so that a moved listener is a new one and the old one drains.
    var name: String {
        "\(network.rawValue) \(address.contains(":") ? "[\(address)]" : address):\(port)"
    }
}

extension EnvoyRenderer {
    /// One node's listeners, sorted by name, each socket once. One with TLS and without any certificate is left out,
    /// and so is one that nobody may connect to.
    /// - Parameters:
    ///   - certificates: of all zones.
    ///   - accessLog: file on the node; nil: no log.
    ///   - inShards: the routes come in shards.
    ///   - refreshDelay: milliseconds that Envoy rests between an answer and its next request; nil: what is usual.
    package func listeners(
        _ sockets: [ListenerPlan], certificates: [CertificatePlan] = [], accessLog: String?, inShards: Bool = false,
        refreshDelay: Int? = nil
    ) throws -> [Resource] {
        let source = ConfigSource(refreshDelay: refreshDelay)
        let routes = inShards ? RouteLayout.shards(source) : .whole(source)
        var taken: Set<String> = []
        return try sockets.sorted { $0.name < $1.name }
            .filter { taken.insert("\($0.address) \($0.port)").inserted }
            .compactMap { socket in
                let chains = chains(socket, certificates, accessLog: accessLog, routes: routes)
                guard !chains.isEmpty else { return nil }
                var filters: [Extension] = []
                if socket.loadBalancers != nil {
                    filters.append(Extension("envoy.filters.listener.proxy_protocol", ProxyProtocol()))
                }
                if socket.isTLS { filters.append(Extension("envoy.filters.listener.tls_inspector", TlsInspector())) }
                let listener = Listener(
                    name: socket.name, address: .socket(socket.address, socket.port),
                    listenerFilters: filters.isEmpty ? nil : filters, chains: chains)
                return try Resource(name: socket.name, listener)
            }
    }

    /// Without TLS one chain; else one for each certificate, chosen by the server name. A server name that no zone has,
    /// and none at all, match no chain: Envoy closes the connection.
    ///
    /// A chain waits for its own certificate only: of several certificates on one chain, a single one that is missing
    /// would keep every zone from being served.
    private func chains(
        _ socket: ListenerPlan, _ certificates: [CertificatePlan], accessLog: String?, routes: RouteLayout
    ) -> [Listener.FilterChain] {
        let peers = socket.loadBalancers?.compactMap(AddressRange.init)
        if let peers, peers.isEmpty { return [] }
        guard socket.isTLS else {
            let manager = connectionManager(socket.network, accessLog: accessLog, routes: routes)
            return [.init(match: peers.map { .init(directSourcePrefixRanges: $0) }, manager: manager)]
        }
        let byFiles = Dictionary(grouping: certificates.filter { !$0.hosts.isEmpty }, by: \.files)
        return byFiles.sorted { $0.key < $1.key }.map { files, zones in
            let hosts = zones.flatMap(\.hosts).sorted()
            var manager = connectionManager(socket.network, accessLog: accessLog, routes: routes)
            manager.httpFilters.insert(HostGate.gate(hosts: hosts), at: 0)
            manager.localReplyConfig = HostGate.replies
            return .init(
                name: zones.map(\.zone).sorted().joined(separator: " "),
                match: .init(serverNames: hosts, directSourcePrefixRanges: peers), manager: manager,
                tls: DownstreamTlsContext(files))
        }
    }

    func connectionManager(
        _ network: Network, accessLog: String?, routes: RouteLayout? = nil
    ) -> ConnectionManager {
        let log = accessLog.map { path in
            [Extension("envoy.access_loggers.file", FileAccessLog(path: path, network: network.rawValue))]
        }
        var mode = ""
        if case .shards = routes { mode = EdgeContract.shardedMode(network) }
        var manager = ConnectionManager(statPrefix: network.rawValue, filters: filters(mode: mode), log: log)
        switch routes {
        case .whole(let source):
            manager.rds = .init(configSource: source, routeConfigName: Self.routeConfigurationName(network))
        case .shards(let source?): manager.scopedRoutes = ScopedRoutes(from: source)
        case .shards(nil), nil: break
        }
        return manager
    }
}

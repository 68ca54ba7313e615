internal import EdgePlan

/// The file Envoy starts with: who the node is, where its configuration comes from, and nothing that is served.
///
/// It holds the node's token, so write it readable by its owner only.
package struct Bootstrap: Sendable {
    /// Where `signalbox serve` is reached.
    package struct ControlPlane: Hashable, Sendable {
        package enum Place: Hashable, Sendable {
            case tcp(host: String, port: Int)
            case unix(path: String)
        }

        package struct TLS: Hashable, Sendable {
            /// Name required in the server's certificate.
            package var serverName: String
            /// PEM file on the node with the trusted authorities; nil: the system's.
            package var authorityFile: String?
            package init(serverName: String, authorityFile: String?) {
                self.serverName = serverName
                self.authorityFile = authorityFile
            }
        }

        package var place: Place
        /// nil: in clear, which is for a unix socket or loopback only: the token travels in every request.
        package var tls: TLS?

        package init(_ place: Place, tls: TLS? = nil) {
            self.place = place
            self.tls = tls
        }
    }

    package enum Admin: Hashable, Sendable {
        case unix(path: String)
        case loopback(port: Int)
    }

    /// Name of the node, as registered.
    package var node: String
    package var metadata: NodeMetadata
    package var controlPlane: ControlPlane
    package var admin: Admin
    /// Unix socket on which the module answers with its counters; nil: none.
    package var figuresSocket: String?
    /// Connections from clients beyond which Envoy refuses new ones.
    package var maxConnections: Int

    package init(
        node: String, metadata: NodeMetadata, controlPlane: ControlPlane, admin: Admin, figuresSocket: String?,
        maxConnections: Int = 50_000
    ) {
        self.node = node
        self.metadata = metadata
        self.controlPlane = controlPlane
        self.admin = admin
        self.figuresSocket = figuresSocket
        self.maxConnections = maxConnections
    }

    /// The file's bytes: JSON, which Envoy reads when the name ends in `.json`.
    package func json() throws -> [UInt8] {
        let address: Address =
            switch admin {
            case .unix(let path): .pipe(path, mode: 0o600)
            case .loopback(let port): .socket("127.0.0.1", port)
            }
        let source = ConfigSource(refreshDelay: metadata.refreshDelay)
        let message = BootstrapMessage(
            node: .init(
                id: node, cluster: "signalbox", locality: metadata.region.map { .init(region: $0) },
                metadata: .init(signalbox: metadata)),
            admin: .init(address: address),
            dynamicResources: .init(ldsConfig: source, cdsConfig: source),
            staticResources: .init(
                listeners: figuresSocket.map { [Self.figuresListener($0)] } ?? [], clusters: [xdsCluster]),
            layeredRuntime: Self.runtime,
            overloadManager: .init(resourceMonitors: [
                Extension(
                    "envoy.resource_monitors.global_downstream_max_connections",
                    DownstreamConnections(maxActiveDownstreamConnections: maxConnections))
            ]))
        return try CanonicalJSON.bytes(message)
    }

    /// An answer of the control plane may exceed Envoy's default of 32 MB: some 100,000 zones.
    private static let runtime = BootstrapMessage.LayeredRuntime(layers: [
        .init(name: "signalbox", staticLayer: ["http.async_response_buffer_limit": 512 * 1024 * 1024])
    ])

    private var xdsCluster: Cluster {
        let address: Address
        var isFixed = true
        switch controlPlane.place {
        case .unix(let path): address = .pipe(path)
        case .tcp(let host, let port):
            address = .socket(host, port)
            isFixed = IPAddressText.isAddress(host)
        }
        var cluster = Cluster(
            name: ConfigSource.cluster, type: isFixed ? .fixed : .strictDNS, connectTimeout: Seconds(2),
            loadAssignment: .init(
                clusterName: ConfigSource.cluster,
                endpoints: [.init(lbEndpoints: [.init(endpoint: .init(address: address))])]))
        // Every certificate is a question that is held; the default allows 1,024 at a time.
        cluster.circuitBreakers = .init(thresholds: [
            .init(maxConnections: 16_384, maxPendingRequests: 16_384, maxRequests: 16_384, maxRetries: 3)
        ])
        if let tls = controlPlane.tls {
            let isAddress = IPAddressText.isAddress(tls.serverName)
            let context = UpstreamTlsContext(
                sni: isAddress ? nil : tls.serverName,
                commonTlsContext: .init(
                    tlsParams: .init(tlsMinimumProtocolVersion: "TLSv1_2"),
                    validationContext: .init(
                        trustedCa: DataSource(filename: tls.authorityFile ?? EnvoyRenderer.systemAuthorities),
                        matchTypedSubjectAltNames: [
                            .init(sanType: isAddress ? "IP_ADDRESS" : "DNS", matcher: .init(exact: tls.serverName))
                        ])))
            cluster.transportSocket = Extension("envoy.transport_sockets.tls", context)
        }
        return cluster
    }

    private static func figuresListener(_ socket: String) -> Listener {
        let nothing = VirtualHost(
            name: "figures", domains: ["*"],
            routes: [Route(match: .init(prefix: "/"), directResponse: .init(status: 404))])
        return Listener(
            name: "signalbox_figures", address: .pipe(socket, mode: 0o600),
            manager: ConnectionManager(
                statPrefix: "figures", filters: EnvoyRenderer().filters(mode: EdgeContract.figuresMode),
                routes: .init(name: "figures", virtualHosts: [nothing])))
    }
}

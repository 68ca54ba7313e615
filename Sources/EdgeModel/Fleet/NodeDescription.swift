package import EdgePlan

/// What a node says of itself with every request: who and where it is, where it listens and what it can read.
package struct NodeDescription: Hashable, Sendable, Codable {
    package var name: ResourceName
    /// Place of the node, e.g. `fra`; empty: not told.
    package var region: String
    /// Sockets that serve production.
    package var listen: [ListenAddress]
    /// Sockets that serve the lower environments.
    package var staging: [ListenAddress]
    /// Who may speak the PROXY protocol to sockets that expect it, as CIDR texts; nil: nobody.
    package var loadBalancers: [String]?
    /// File on the node that takes the JSON access log; nil: none is written.
    package var accessLog: String?
    /// Of Envoy, e.g. `1.39.3`; nil: not told.
    package var envoyVersion: String?
    /// Of the edge module; nil: not told.
    package var moduleVersion: String?
    /// Plan format numbers the module can read; empty: not told, which stands for format 1.
    package var planFormats: [Int]
    /// Milliseconds that its Envoy rests between an answer and its next request; nil: what is usual.
    package var refreshDelay: Int?
    /// Whether its Envoy fetches the routes of large networks in shards, as the server found out; nil: not known.
    package var fetchesShards: Bool?

    package init(
        name: ResourceName, region: String = "", listen: [ListenAddress] = [], staging: [ListenAddress] = [],
        loadBalancers: [String]? = nil, accessLog: String? = nil, envoyVersion: String? = nil,
        moduleVersion: String? = nil, planFormats: [Int] = []
    ) {
        self.name = name
        self.region = region
        self.listen = listen
        self.staging = staging
        self.loadBalancers = loadBalancers
        self.accessLog = accessLog
        self.envoyVersion = envoyVersion
        self.moduleVersion = moduleVersion
        self.planFormats = planFormats
    }

    /// The sockets that serve a network.
    package func addresses(of network: Network) -> [ListenAddress] {
        switch network {
        case .production: listen
        case .lower: staging
        }
    }
}

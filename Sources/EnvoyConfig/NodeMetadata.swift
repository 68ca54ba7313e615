internal import EdgePlan

/// What a node says of itself in `node.metadata.signalbox` of every request: the only place where a REST request of
/// Envoy can carry anything of ours. Written by `Bootstrap`, read by the server.
package struct NodeMetadata: Codable, Hashable, Sendable {
    /// Secret: never printed or logged.
    package var token: String
    package var region: String?
    /// `IP:PORT` or `https://IP:PORT` and so on, as in `ListenAddress`.
    package var listen: [String]?
    package var staging: [String]?
    /// CIDR texts, as in `NodeDescription`.
    package var loadBalancers: [String]?
    package var accessLog: String?
    package var envoyVersion: String?
    package var moduleVersion: String?
    package var planFormats: [Int]?
    /// Milliseconds that Envoy rests between an answer and its next request; nil: what is usual.
    package var refreshDelay: Int?
    /// Shards that the module knows; nil: it was made before there were any.
    package var shards: Int? = RouteShard.count

    package init(
        token: String, region: String? = nil, listen: [String]? = nil, staging: [String]? = nil,
        loadBalancers: [String]? = nil, accessLog: String? = nil, envoyVersion: String? = nil,
        moduleVersion: String? = nil, planFormats: [Int]? = nil, refreshDelay: Int? = nil
    ) {
        self.token = token
        self.region = region
        self.listen = listen
        self.staging = staging
        self.loadBalancers = loadBalancers
        self.accessLog = accessLog
        self.envoyVersion = envoyVersion
        self.moduleVersion = moduleVersion
        self.planFormats = planFormats
        self.refreshDelay = refreshDelay
    }

    enum CodingKeys: String, CodingKey {
        case token, region, listen, staging, shards
        case loadBalancers = "load_balancers"
        case accessLog = "access_log"
        case envoyVersion = "envoy_version"
        case moduleVersion = "module_version"
        case planFormats = "plan_formats"
        case refreshDelay = "refresh_delay"
    }
}

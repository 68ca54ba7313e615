/// `envoy.config.route.v3.VirtualHost`
struct VirtualHost: Encodable {
    /// `envoy.config.core.v3.Metadata`
    struct Metadata: Encodable { var filterMetadata: [String: [String: String]] }

    var name: String
    var domains: [String]
    var metadata: Metadata?
    var typedPerFilterConfig: [String: Packed]?
    var routes: [Route]
}

/// `envoy.config.route.v3.Route`
struct Route: Encodable {
    struct Match: Encodable {
        var prefix: String
        var headers: [HeaderMatcher]?
    }

    struct HeaderMatcher: Encodable {
        struct StringMatch: Encodable {
            struct Regex: Encodable { var regex: String }
            var exact: String?
            var safeRegex: Regex?
        }
        var name: String
        var stringMatch: StringMatch?
        var presentMatch: Bool?
    }

    struct Action: Encodable {
        var cluster: String
        var hostRewriteLiteral: String?
        var timeout: Seconds
        var idleTimeout: Seconds?
        var retryPolicy: RetryPolicy?
    }

    struct RetryPolicy: Encodable {
        var retryOn: String
        var numRetries: Int
        var perTryTimeout: Seconds?
        var retryPriority: Extension?
        var retryHostPredicate: [Extension]?
        var hostSelectionRetryMaxAttempts: Int?
    }

    struct DirectResponse: Encodable {
        var status: Int
        var body: DataSource?
    }

    var name: String?
    var match: Match
    var route: Action?
    var directResponse: DirectResponse?
}

/// `envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig`
struct PreviousPriorities: EnvoyMessage {
    static let messageName = "envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig"
    var updateFrequency: Int
}

/// `envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate`
struct PreviousHosts: EnvoyMessage {
    static let messageName = "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"
}

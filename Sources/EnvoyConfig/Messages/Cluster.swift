/// `envoy.config.cluster.v3.Cluster`
struct Cluster: EnvoyMessage {
    static let messageName = "envoy.config.cluster.v3.Cluster"

    enum Discovery: String, Encodable {
        case fixed = "STATIC"
        case strictDNS = "STRICT_DNS"
    }

    var name: String
    var altStatName: String?
    var type: Discovery
    var connectTimeout: Seconds
    var lbPolicy: String?
    var loadAssignment: LoadAssignment
    var healthChecks: [HealthCheck]?
    var commonLbConfig: CommonLbConfig?
    var circuitBreakers: CircuitBreakers?
    var transportSocket: Extension?
    var typedExtensionProtocolOptions: [String: Packed]?
    var respectDnsTtl: Bool?

    struct LoadAssignment: Encodable {
        var clusterName: String
        var endpoints: [LocalityEndpoints]
    }

    struct LocalityEndpoints: Encodable {
        struct Locality: Encodable { var region: String }
        var locality: Locality?
        var priority: Int?
        var lbEndpoints: [LbEndpoint]
    }

    struct LbEndpoint: Encodable {
        struct Endpoint: Encodable {
            struct HealthCheckConfig: Encodable { var hostname: String }
            var address: Address
            var healthCheckConfig: HealthCheckConfig?
        }
        var endpoint: Endpoint
        var loadBalancingWeight: Int?
    }

    struct HealthCheck: Encodable {
        struct HTTP: Encodable {
            struct Range: Encodable { var start: Int, end: Int }
            var path: String
            var host: String?
            var expectedStatuses: [Range]
        }
        var interval: Seconds
        /// Envoy's default without traffic is a minute, which would find a dead standby late.
        var noTrafficInterval: Seconds
        var timeout: Seconds
        var unhealthyThreshold: Int
        var healthyThreshold: Int
        var httpHealthCheck: HTTP
    }

    struct CommonLbConfig: Encodable {
        struct Percent: Encodable { var value: Int }
        var healthyPanicThreshold: Percent
    }

    struct CircuitBreakers: Encodable {
        struct Thresholds: Encodable {
            var maxConnections: Int
            var maxPendingRequests: Int
            var maxRequests: Int
            var maxRetries: Int
        }
        var thresholds: [Thresholds]
    }
}

/// `envoy.extensions.upstreams.http.v3.HttpProtocolOptions`
struct HttpProtocolOptions: EnvoyMessage {
    static let messageName = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
    struct Common: Encodable { var idleTimeout: Seconds }
    struct Explicit: Encodable { var httpProtocolOptions: Empty }
    var commonHttpProtocolOptions: Common
    var explicitHttpConfig: Explicit
}

/// `envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext`
struct UpstreamTlsContext: EnvoyMessage {
    static let messageName = "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext"

    struct Common: Encodable {
        struct Parameters: Encodable { var tlsMinimumProtocolVersion: String }
        var tlsParams: Parameters
        var validationContext: ValidationContext?
    }

    struct ValidationContext: Encodable {
        var trustedCa: DataSource?
        var systemRootCerts: Empty?
        var matchTypedSubjectAltNames: [SubjectAltName]?
    }

    struct SubjectAltName: Encodable {
        struct Matcher: Encodable { var exact: String }
        var sanType: String
        var matcher: Matcher
    }

    var sni: String?
    var commonTlsContext: Common
}

/// `envoy.config.core.v3.DataSource`
struct DataSource: Encodable {
    var filename: String?
    var inlineString: String?
}

internal import EdgePlan

/// `envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`
///
/// `ConnectionSettings` are the one picture of a request that rules see: `trace` applies the same transformations. Path
/// normalization resolves dot segments and merges slashes but leaves `%2F` as it is, so that a rule and the origin
/// read the same path; a header with an underscore, which some origins take for a hyphen, is dropped.
struct ConnectionManager: EnvoyMessage {
    static let messageName = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"

    static let connectionBufferBytes = 65_536

    struct CommonOptions: Encodable {
        var headersWithUnderscoresAction = ConnectionSettings.headersWithUnderscoresAction
        var idleTimeout = Seconds(300)
        var maxHeadersCount = ConnectionSettings.maximumHeaders
    }

    struct HTTP2Options: Encodable {
        var maxConcurrentStreams = 100
        var initialStreamWindowSize = 65_536
        var initialConnectionWindowSize = 1_048_576
    }

    /// No client is inside: Envoy's own `x-envoy-*` request headers, which steer retries and timeouts, are removed
    /// whoever sends them.
    ///
    /// Without a list Envoy 1.39 takes `::1` and the private networks for inside (seen). The one address of this list
    /// is no client's: it is the limited broadcast (RFC 919).
    struct InternalAddresses: Encodable {
        struct Range: Encodable {
            var addressPrefix = "255.255.255.255"
            var prefixLen = 32
        }

        var unixSockets = false
        var cidrRanges = [Range()]
    }

    struct RDS: Encodable {
        var configSource: ConfigSource
        var routeConfigName: String
    }

    /// A route table in place instead of one that is fetched.
    struct InlineRoutes: Encodable {
        var name: String
        var virtualHosts: [VirtualHost]
    }

    var statPrefix: String
    var codecType = "AUTO"
    var httpFilters: [Extension]
    var rds: RDS?
    var routeConfig: Erased?
    var scopedRoutes: ScopedRoutes?
    var accessLog: [Extension]?
    var localReplyConfig: LocalReplies?

    var useRemoteAddress = ConnectionSettings.useRemoteAddress
    var xffNumTrustedHops = ConnectionSettings.trustedHops
    var internalAddressConfig = InternalAddresses()
    var normalizePath = ConnectionSettings.normalizePath
    var mergeSlashes = ConnectionSettings.mergeSlashes
    var pathWithEscapedSlashesAction = ConnectionSettings.escapedSlashesAction
    var stripAnyHostPort = ConnectionSettings.stripAnyHostPort
    var stripTrailingHostDot = ConnectionSettings.stripTrailingHostDot
    var serverHeaderTransformation = "PASS_THROUGH"
    var generateRequestId = true

    var commonHttpProtocolOptions = CommonOptions()
    var http2ProtocolOptions = HTTP2Options()
    var maxRequestHeadersKb = ConnectionSettings.maximumHeaderKilobytes
    var requestHeadersTimeout = Seconds(10)
    /// For the whole request, body included.
    var requestTimeout = Seconds(300)
    var streamIdleTimeout = Seconds(ConnectionManager.streamIdle)

    /// Seconds without a byte in either direction.
    static let streamIdle = 300

    init(
        statPrefix: String, filters: [Extension], rds: RDS? = nil, routes: InlineRoutes? = nil, log: [Extension]? = nil
    ) {
        self.statPrefix = statPrefix
        httpFilters = filters
        self.rds = rds
        routeConfig = routes.map(Erased.init)
        accessLog = log
    }
}

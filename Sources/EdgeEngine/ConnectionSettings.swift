/// Settings of Envoy's connection manager that shape the request before rules see it. The renderer writes them, and
/// `EdgeRequest` does the same to requests that are only traced; if the two differed, a trace would tell lies and
/// blocks could be walked around.
///
/// What Envoy 1.39.3 does with them was found by sending it requests (`ShapingTests` does so again).
package enum ConnectionSettings {
    package static let normalizePath = true
    /// `//` in a path becomes `/`, so that no rule on a path can be walked around with a second slash.
    package static let mergeSlashes = true
    /// `path_with_escaped_slashes_action`: `%2F` and `%5C` stay as they are.
    package static let escapedSlashesAction = "KEEP_UNCHANGED"
    /// `common_http_protocol_options.headers_with_underscores_action`: some origins take an underscore for a hyphen.
    package static let headersWithUnderscoresAction = "DROP_HEADER"
    package static let useRemoteAddress = true
    package static let trustedHops = 0
    package static let stripAnyHostPort = true
    package static let stripTrailingHostDot = true
    /// `common_http_protocol_options.max_headers_count`
    package static let maximumHeaders = 100
    /// `max_request_headers_kb`
    package static let maximumHeaderKilobytes = 64

    /// Headers that Envoy keeps once: the values of repeated ones are joined with a comma.
    static let joinedHeaders: Set<String> = [
        "accept", "accept-encoding", "access-control-request-headers", "access-control-request-method",
        "access-control-request-private-network", "authentication", "authorization", "cache-control", "cdn-loop",
        "content-encoding", "content-type", "expect", "grpc-accept-encoding",
        "grpc-timeout", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "origin",
        "pragma", "proxy-status", "referer", "user-agent", "via", "x-client-trace-id", "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-port",
    ]

    /// Headers that end with the connection or that Envoy takes out of requests from outside.
    static let droppedHeaders: Set<String> = [
        "connection", "host", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade",
        "x-forwarded-client-cert", "x-forwarded-proto", "x-request-id",
    ]

    /// Methods that Envoy's HTTP/1 parser knows; others get 400. CONNECT needs an upgrade that no listener offers.
    static let methods: Set<String> = [
        "ACL", "BIND", "CHECKOUT", "COPY", "DELETE", "GET", "HEAD", "LINK", "LOCK", "M-SEARCH", "MERGE", "MKACTIVITY",
        "MKCALENDAR", "MKCOL", "MOVE", "NOTIFY", "OPTIONS", "PATCH", "POST", "PROPFIND", "PROPPATCH", "PURGE", "PUT",
        "REBIND", "REPORT", "SEARCH", "SOURCE", "SUBSCRIBE", "TRACE", "UNBIND", "UNLINK", "UNLOCK", "UNSUBSCRIBE",
    ]
}

internal import EdgePlan

/// What else Envoy does to requests, found in the same way.
extension ConnectionSettings {
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

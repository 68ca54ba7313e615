/// Settings of Envoy's connection manager that shape the request before rules see it. The one place that names them:
/// the renderer writes them, and `EdgeRequest` does the same to requests that are only traced; if the two differed, a
/// trace would tell lies and blocks could be walked around.
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
}

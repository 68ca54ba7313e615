/// A stage of request handling, named as in Cloudflare's Rulesets. Cases stand in execution order.
package enum Phase: String, CaseIterable, Hashable, Sendable, Codable {
    case dynamicRedirect = "http_request_dynamic_redirect"
    case transform = "http_request_transform"
    case configSettings = "http_config_settings"
    case origin = "http_request_origin"
    case firewallCustom = "http_request_firewall_custom"
    case rateLimit = "http_ratelimit"
    case lateTransform = "http_request_late_transform"
    case cacheSettings = "http_request_cache_settings"
    case responseHeadersTransform = "http_response_headers_transform"

    /// Position in execution order, from 0; also the number in an encoded plan.
    /// Written out because it is asked for several times a request.
    @inlinable package var order: Int {
        switch self {
        case .dynamicRedirect: 0
        case .transform: 1
        case .configSettings: 2
        case .origin: 3
        case .firewallCustom: 4
        case .rateLimit: 5
        case .lateTransform: 6
        case .cacheSettings: 7
        case .responseHeadersTransform: 8
        }
    }

    /// Whether rules of the phase run when the response is at hand and may read response fields.
    package var isResponse: Bool { self == .responseHeadersTransform }
}

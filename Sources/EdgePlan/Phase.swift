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
    package var order: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }

    /// Whether rules of the phase run when the response is at hand and may read response fields.
    package var isResponse: Bool { self == .responseHeadersTransform }
}

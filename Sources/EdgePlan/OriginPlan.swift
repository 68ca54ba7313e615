/// A group of endpoints that answers for some configurations. Immutable: its name carries a digest of its definition,
/// so that staging and production can differ and a rollback finds the old one untouched.
package struct OriginPlan: Hashable, Sendable, Codable {
    /// `<origin>.<twelve digits of its definition's digest>`, e.g. `shop-eu.3fa1b2c4d5e6`; the value of the routing header.
    package var name: String
    package var endpoints: [EndpointPlan]
    package var tls: OriginTLSPlan?
    package var health: HealthCheckPlan?
    /// Milliseconds.
    package var connectTimeout: Int
    /// Milliseconds from the end of the request to the end of the response; 0: none.
    package var responseTimeout: Int
    package var retries: RetryPlan?
    /// Host sent to the origin unless a rule says otherwise; nil: the client's.
    package var hostHeader: String?

    package init(
        name: String, endpoints: [EndpointPlan], tls: OriginTLSPlan?, health: HealthCheckPlan?, connectTimeout: Int,
        responseTimeout: Int, retries: RetryPlan?, hostHeader: String?
    ) {
        self.name = name
        self.endpoints = endpoints
        self.tls = tls
        self.health = health
        self.connectTimeout = connectTimeout
        self.responseTimeout = responseTimeout
        self.retries = retries
        self.hostHeader = hostHeader
    }
}

package struct EndpointPlan: Hashable, Sendable, Codable {
    /// IP address or host name.
    package var address: String
    package var port: Int
    /// Share within its priority, 1...128.
    package var weight: Int
    /// 0 is served first; the next takes over as the one before loses health.
    package var priority: Int
    package var region: String?
    package init(address: String, port: Int, weight: Int, priority: Int, region: String?) {
        self.address = address
        self.port = port
        self.weight = weight
        self.priority = priority
        self.region = region
    }
}

package struct OriginTLSPlan: Hashable, Sendable, Codable {
    /// Name sent in the handshake and required in the certificate.
    package var serverName: String
    /// False: the certificate is not verified (a finding of severity warning).
    package var verify: Bool
    /// PEM text of the trusted authorities; nil: the system's.
    package var authorities: String?
    package init(serverName: String, verify: Bool, authorities: String?) {
        self.serverName = serverName
        self.verify = verify
        self.authorities = authorities
    }
}

package struct HealthCheckPlan: Hashable, Sendable, Codable {
    package var path: String
    package var host: String?
    /// Milliseconds.
    package var interval: Int
    package var timeout: Int
    package var unhealthyThreshold: Int
    package var healthyThreshold: Int
    package init(
        path: String, host: String?, interval: Int, timeout: Int, unhealthyThreshold: Int, healthyThreshold: Int
    ) {
        self.path = path
        self.host = host
        self.interval = interval
        self.timeout = timeout
        self.unhealthyThreshold = unhealthyThreshold
        self.healthyThreshold = healthyThreshold
    }
}

package struct RetryPlan: Hashable, Sendable, Codable {
    /// Further attempts after the first, 1...10.
    package var attempts: Int
    /// Milliseconds for each attempt; 0: the response timeout governs.
    package var perTryTimeout: Int
    package init(attempts: Int, perTryTimeout: Int) {
        self.attempts = attempts
        self.perTryTimeout = perTryTimeout
    }
}

/// A named group of endpoints. Defaults are part of the type so that writing them out changes nothing.
package struct Origin: Hashable, Sendable {
    package struct Endpoint: Hashable, Sendable {
        package var address: String
        package var port: Int
        package var weight = 1
        package var priority = 0
        package var region: String?
        package init(address: String, port: Int, weight: Int = 1, priority: Int = 0, region: String? = nil) {
            self.address = address
            self.port = port
            self.weight = weight
            self.priority = priority
            self.region = region
        }
    }

    package struct TLS: Hashable, Sendable {
        package var serverName: String
        package var verify = true
        /// PEM text of trusted authorities; nil: the system's.
        package var authorities: String?
        package init(serverName: String, verify: Bool = true, authorities: String? = nil) {
            self.serverName = serverName
            self.verify = verify
            self.authorities = authorities
        }
    }

    package struct Health: Hashable, Sendable {
        package var path: String
        package var host: String?
        /// Milliseconds.
        package var interval = 5000
        package var timeout = 1000
        package var unhealthy = 2
        package var healthy = 2
        package init(path: String) { self.path = path }
    }

    package struct Retries: Hashable, Sendable {
        package var attempts = 1
        /// Milliseconds; 0: the response timeout governs.
        package var perTryTimeout = 0
        package init() {}
    }

    package var name: String
    package var endpoints: [Endpoint]
    package var tls: TLS?
    package var health: Health?
    /// Milliseconds.
    package var connectTimeout = 5000
    package var responseTimeout = 15000
    package var retries: Retries?
    package var hostHeader: String?

    package init(name: String, endpoints: [Endpoint]) {
        self.name = name
        self.endpoints = endpoints
    }
}

package import EdgePlan

extension EnvoyRenderer {
    /// Authorities used when an origin names none: the bundle of Debian and its kin.
    static let systemAuthorities = "/etc/ssl/certs/ca-certificates.crt"

    /// What an origin is to Envoy.
    package func cluster(_ origin: OriginPlan) throws -> ClusterResource {
        let isFixed = origin.endpoints.allSatisfy { IPAddressText.isAddress($0.address) }
        var cluster = Cluster(
            name: origin.name,
            // A dot ends the part of a statistic's name that Envoy takes for the cluster.
            altStatName: String(origin.name.map { $0 == "." ? "_" : $0 }),
            type: isFixed ? .fixed : .strictDNS,
            connectTimeout: Seconds(milliseconds: max(1, origin.connectTimeout)),
            lbPolicy: "ROUND_ROBIN",
            loadAssignment: .init(clusterName: origin.name, endpoints: localities(of: origin)))
        // Far above what one origin should need: the module and timeouts shed load, not a default of 1024.
        cluster.circuitBreakers = .init(thresholds: [
            .init(maxConnections: 16_384, maxPendingRequests: 16_384, maxRequests: 16_384, maxRetries: 1_024)
        ])
        cluster.typedExtensionProtocolOptions = [
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": Packed(
                HttpProtocolOptions(
                    commonHttpProtocolOptions: .init(idleTimeout: Seconds(60)),
                    explicitHttpConfig: .init(httpProtocolOptions: Empty())))
        ]
        cluster.respectDnsTtl = isFixed ? nil : true
        if let health = origin.health {
            cluster.healthChecks = [healthCheck(health, of: origin)]
            // Sick endpoints get nothing as long as one is well; when all are sick, trying beats refusing.
            cluster.commonLbConfig = .init(healthyPanicThreshold: .init(value: 1))
        }
        if let tls = origin.tls {
            cluster.transportSocket = Extension("envoy.transport_sockets.tls", tlsContext(tls))
        }
        return ClusterResource(
            resource: try Resource(name: origin.name, cluster), warmUp: warmUp(of: origin, isFixed: isFixed))
    }

    /// First checks are sent at once and are over after one timeout; a round more is slack. Never more than 5 s.
    private func warmUp(of origin: OriginPlan, isFixed: Bool) -> Int {
        let checks = origin.health.map { max(0, $0.interval) + max(0, $0.timeout) } ?? 0
        return min(5_000, checks + (isFixed ? 0 : 1_000))
    }

    private func localities(of origin: OriginPlan) -> [Cluster.LocalityEndpoints] {
        struct Place: Hashable {
            var priority: Int
            var region: String
        }
        let groups = Dictionary(grouping: origin.endpoints) {
            Place(priority: max(0, $0.priority), region: $0.region ?? "")
        }
        // Envoy wants priorities without gaps.
        let ranks = Set(groups.keys.map(\.priority)).sorted()
        return groups.sorted { ($0.key.priority, $0.key.region) < ($1.key.priority, $1.key.region) }.map {
            place, members in
            Cluster.LocalityEndpoints(
                locality: place.region.isEmpty ? nil : .init(region: place.region),
                priority: ranks.firstIndex(of: place.priority) ?? 0,
                lbEndpoints: members.map { endpoint(of: origin, $0) })
        }
    }

    private func endpoint(of origin: OriginPlan, _ endpoint: EndpointPlan) -> Cluster.LbEndpoint {
        // Without a name Envoy would send the cluster's name as host of a health check.
        let needsName = origin.health != nil && checkHost(of: origin) == nil
        return Cluster.LbEndpoint(
            endpoint: .init(
                address: .socket(endpoint.address, endpoint.port),
                healthCheckConfig: needsName ? .init(hostname: endpoint.address) : nil),
            loadBalancingWeight: min(128, max(1, endpoint.weight)))
    }

    private func checkHost(of origin: OriginPlan) -> String? {
        origin.health?.host ?? origin.hostHeader ?? origin.tls?.serverName
    }

    private func healthCheck(_ health: HealthCheckPlan, of origin: OriginPlan) -> Cluster.HealthCheck {
        let interval = Seconds(milliseconds: max(1, health.interval))
        return Cluster.HealthCheck(
            interval: interval, noTrafficInterval: interval, timeout: Seconds(milliseconds: max(1, health.timeout)),
            unhealthyThreshold: max(1, health.unhealthyThreshold), healthyThreshold: max(1, health.healthyThreshold),
            httpHealthCheck: .init(
                path: health.path, host: checkHost(of: origin), expectedStatuses: [.init(start: 200, end: 400)]))
    }

    private func tlsContext(_ tls: OriginTLSPlan) -> UpstreamTlsContext {
        let isAddress = IPAddressText.isAddress(tls.serverName)
        var validation: UpstreamTlsContext.ValidationContext?
        if tls.verify {
            let authorities = tls.authorities.map { DataSource(inlineString: $0) }
            validation = .init(
                trustedCa: authorities ?? DataSource(filename: Self.systemAuthorities),
                matchTypedSubjectAltNames: [
                    .init(sanType: isAddress ? "IP_ADDRESS" : "DNS", matcher: .init(exact: tls.serverName))
                ])
        }
        return UpstreamTlsContext(
            // RFC 6066 §3: a literal address is no server name.
            sni: isAddress ? nil : tls.serverName,
            commonTlsContext: .init(
                tlsParams: .init(tlsMinimumProtocolVersion: "TLSv1_2"), validationContext: validation))
    }
}

/// Telling addresses from names, where a mistake only chooses how an endpoint is found.
enum IPAddressText {
    static func isAddress(_ text: String) -> Bool {
        if text.contains(":") {
            return text.utf8.allSatisfy {
                (48...58).contains($0) || (97...102).contains($0) || (65...70).contains($0) || $0 == 46
            }
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                part.utf8.count <= 3 && part.utf8.allSatisfy { (48...57).contains($0) } && UInt8(part) != nil
            }
    }
}

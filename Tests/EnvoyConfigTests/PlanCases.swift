import EdgePlan
import Testing

/// Plans in words: each is rendered, compared with a golden and shown to a real Envoy.
struct PlanCase: CustomTestStringConvertible, Sendable {
    let name: String
    let plan: EdgePlan
    var testDescription: String { name }

    static let all = [
        PlanCase(
            name: "one-zone",
            plan: .edge(production: [.zone("example.com", origin: "shop.000000000001")], origins: [.fixed])),
        PlanCase(
            name: "two-zones-wildcard",
            plan: .edge(
                production: [
                    .zone("example.com", hosts: ["example.com", "*.example.com"], origin: "shop.000000000001"),
                    .zone("example.org", hosts: ["example.org", "www.example.org"], origin: "blog.000000000002"),
                ],
                lower: [.zone("example.com", hosts: ["example.com"], origin: "shop.000000000001")],
                origins: [.fixed, .named])),
        PlanCase(
            name: "tls-origins",
            plan: .edge(
                production: [
                    .zone(
                        "example.com", origin: "tls.000000000003",
                        routed: ["tls-address.000000000005", "unverified.000000000004"])
                ],
                origins: [.tls, .tlsAddress, .unverified])),
        PlanCase(
            name: "priorities-health-retries",
            plan: .edge(production: [.zone("example.com", origin: "geo.000000000006")], origins: [.geo])),
        PlanCase(
            name: "origin-host",
            plan: .edge(production: [.zone("example.com", origin: "inner.000000000008")], origins: [.inner])),
        PlanCase(
            name: "nothing-served", plan: .edge(production: [.zone("example.com", hosts: [], origin: nil)], origins: [])
        ),
        PlanCase(
            name: "hostile-texts",
            plan: .edge(
                production: [
                    .zone(
                        "a\"}]%REQ(X)%\n{\\", hosts: ["%DOWNSTREAM_REMOTE_ADDRESS%.example.com", "q\"u.example.com"],
                        origin: "o%PROTOCOL%\"'.000000000007")
                ],
                origins: [.hostile])),
    ]
}

extension EdgePlan {
    static func edge(production: [ZonePlan], lower: [ZonePlan] = [], origins: [OriginPlan]) -> EdgePlan {
        EdgePlan(
            account: AccountID(rawValue: 777), production: NetworkPlan(addresses: [], zones: production),
            lower: NetworkPlan(addresses: ["127.0.0.20"], zones: lower), origins: origins.sorted { $0.name < $1.name })
    }
}

extension ZonePlan {
    /// A zone whose own configuration sends everything to `origin`, with a rule for each further origin.
    static func zone(
        _ name: String, hosts: [String]? = nil, origin: String?, routed: [String] = []
    ) -> ZonePlan {
        let rules = routed.map {
            RulePlan(ref: "to-\($0)", condition: [], action: .route(hostHeader: nil, origin: $0))
        }
        return ZonePlan(
            account: AccountID(rawValue: 777), zone: ConfigurationID(rawValue: 123), name: name,
            hosts: hosts ?? [name], selectors: [],
            configurations: [
                ConfigurationPlan(
                    id: ConfigurationID(rawValue: 123), application: nil, version: nil, defaultOrigin: origin,
                    clientHostHeader: nil, versionHeader: nil,
                    phases: rules.isEmpty ? [] : [PhasePlan(phase: .origin, rules: rules)])
            ], trust: TrustPlan())
    }
}

extension OriginPlan {
    static let fixed = make("shop.000000000001", [.at("127.0.0.1", 8001)])
    static let named = make("blog.000000000002", [.at("origin.example.net", 80)], responseTimeout: 600_000)
    static let tls = make(
        "tls.000000000003", [.at("origin.example.net", 443)],
        tls: OriginTLSPlan(serverName: "origin.example.net", verify: true, authorities: nil))
    static let unverified = make(
        "unverified.000000000004", [.at("127.0.0.1", 8443)],
        tls: OriginTLSPlan(serverName: "old.example.net", verify: false, authorities: nil))
    static let tlsAddress = make(
        "tls-address.000000000005", [.at("127.0.0.1", 8443)],
        tls: OriginTLSPlan(serverName: "127.0.0.1", verify: true, authorities: nil))
    static let geo = make(
        "geo.000000000006",
        [
            .at("127.0.0.1", 8001, weight: 3, region: "eu"), .at("127.0.0.1", 8002, region: "eu"),
            .at("127.0.0.1", 8003, priority: 1, region: "us"),
        ],
        health: HealthCheckPlan(
            path: "/health", host: nil, interval: 500, timeout: 250, unhealthyThreshold: 2, healthyThreshold: 1),
        retries: RetryPlan(attempts: 2, perTryTimeout: 300))
    static let inner: OriginPlan = {
        var origin = make(
            "inner.000000000008", [.at("127.0.0.1", 8001)], retries: RetryPlan(attempts: 1, perTryTimeout: 0))
        origin.hostHeader = "inner.example.net"
        return origin
    }()
    static let hostile = make(
        "o%PROTOCOL%\"'.000000000007", [.at("127.0.0.1", 8001)],
        health: HealthCheckPlan(
            path: "/h%REQ(A)%?q=\"'", host: "h%REQ(A)%", interval: 1000, timeout: 500, unhealthyThreshold: 1,
            healthyThreshold: 1))

    static func make(
        _ name: String, _ endpoints: [EndpointPlan], tls: OriginTLSPlan? = nil, health: HealthCheckPlan? = nil,
        responseTimeout: Int = 30_000, retries: RetryPlan? = nil
    ) -> OriginPlan {
        OriginPlan(
            name: name, endpoints: endpoints, tls: tls, health: health, connectTimeout: 1_000,
            responseTimeout: responseTimeout, retries: retries, hostHeader: nil)
    }
}

extension EndpointPlan {
    static func at(
        _ address: String, _ port: Int, weight: Int = 1, priority: Int = 0, region: String? = nil
    ) -> EndpointPlan {
        EndpointPlan(address: address, port: port, weight: weight, priority: priority, region: region)
    }
}

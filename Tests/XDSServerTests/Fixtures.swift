import EdgeModel
import EdgePlan
import EnvoyConfig
import FoundationEssentials
import XDSServer

/// Plans and requests in few words.
enum Given {
    static func node(
        _ name: String = "fra1", listen: [String] = ["127.0.0.10:8080"], staging: [String] = [], formats: [Int] = []
    ) -> NodeDescription {
        NodeDescription(
            name: name.asName, region: "fra", listen: listen.compactMap { ListenAddress($0) },
            staging: staging.compactMap { ListenAddress($0) }, planFormats: formats)
    }

    /// One zone whose requests go to the origin; the origin's name is what makes plans differ.
    static func plan(
        _ origin: String?, address: String = "127.0.0.1", port: Int = 9, hosts: [String] = ["example.com"],
        health: HealthCheckPlan? = nil, lower: Bool = false
    ) -> EdgePlan {
        let zone = ZonePlan(
            account: AccountID(rawValue: 777), zone: ConfigurationID(rawValue: 123), name: "example.com", hosts: hosts,
            selectors: [],
            configurations: [
                ConfigurationPlan(
                    id: ConfigurationID(rawValue: 123), application: nil, version: nil, defaultOrigin: origin,
                    clientHostHeader: nil, versionHeader: nil, phases: [])
            ], trust: TrustPlan())
        let origins = origin.map { name in
            OriginPlan(
                name: name,
                endpoints: [EndpointPlan(address: address, port: port, weight: 1, priority: 0, region: nil)],
                tls: nil, health: health, connectTimeout: 1_000, responseTimeout: 5_000, retries: nil, hostHeader: nil)
        }
        return EdgePlan(
            account: AccountID(rawValue: 777), production: NetworkPlan(addresses: [], zones: [zone]),
            lower: NetworkPlan(addresses: [], zones: lower ? [zone] : []), origins: origins.map { [$0] } ?? [])
    }

    static let health = HealthCheckPlan(
        path: "/", host: nil, interval: 1_000, timeout: 500, unhealthyThreshold: 1, healthyThreshold: 1)

    /// A digest that is easy to tell from others.
    static func digest(_ number: Int) -> Digest {
        let text = String(number, radix: 16)
        return Digest(bytes: (0..<32).map { $0 == 31 ? UInt8(truncatingIfNeeded: number) : UInt8(text.utf8.count) })
    }

    static func digests(_ number: Int) -> NetworkDigests {
        NetworkDigests(production: digest(number), lower: digest(number + 100))
    }

    static func rendered(_ plan: EdgePlan) throws -> ResourceSet {
        try EnvoyRenderer(usesModule: false).render(plan) { _ in [] }
    }
}

extension String {
    var asName: ResourceName { ResourceName(rawValue: self) ?? Given.fallback }
}

extension Given {
    /// Only for names a test misspelt; no test expects it.
    static let fallback: ResourceName = {
        guard let name = ResourceName(rawValue: "misspelt") else { fatalError("a constant that is a name") }
        return name
    }()
}

extension Timestamp {
    static func current() -> Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
}

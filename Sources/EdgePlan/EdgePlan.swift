/// What the whole edge serves, fully resolved: nothing left to look up, no Envoy word in it.
///
/// Production and the lower environments are apart, so that a change of a staged version leaves production's bytes,
/// and therefore production's digest, untouched.
package struct EdgePlan: Hashable, Sendable {
    package var account: AccountID
    /// Served on production addresses.
    package var production: NetworkPlan
    /// Served on staging addresses.
    package var lower: NetworkPlan
    /// Every origin that a zone plan of either network names, sorted by name, each once.
    package var origins: [OriginPlan]
    /// Zones served over TLS, in both networks, sorted by zone name.
    package var certificates: [CertificatePlan]

    package init(
        account: AccountID, production: NetworkPlan, lower: NetworkPlan, origins: [OriginPlan],
        certificates: [CertificatePlan] = []
    ) {
        self.account = account
        self.production = production
        self.lower = lower
        self.origins = origins
        self.certificates = certificates
    }
}

/// Which of the two route tables a plan belongs to.
package enum Network: String, CaseIterable, Hashable, Sendable, Codable {
    case production
    case lower
}

/// One network: the addresses that listen and the zones served there, sorted by zone name.
package struct NetworkPlan: Hashable, Sendable {
    /// IP addresses without port (the port is a node's own affair); production: empty means the node's own address.
    package var addresses: [String]
    package var zones: [ZonePlan]

    package init(addresses: [String], zones: [ZonePlan]) {
        self.addresses = addresses
        self.zones = zones
    }
}

/// Everything the edge needs to answer for one zone in one network; encoded, it is what a virtual host carries.
package struct ZonePlan: Hashable, Sendable {
    package var account: AccountID
    /// The zone's own configuration id: `123` in `777:123`.
    package var zone: ConfigurationID
    package var name: String
    /// Host names served, as lower-case A-labels without port or trailing dot: `example.com`, `*.example.com`.
    package var hosts: [String]
    /// Effective rules in evaluation order; the first whose condition holds selects the configuration.
    package var selectors: [SelectorPlan]
    /// The configurations that selectors name by index. Index 0 is the zone's own: served when no selector holds.
    package var configurations: [ConfigurationPlan]
    package var trust: TrustPlan

    package init(
        account: AccountID, zone: ConfigurationID, name: String, hosts: [String], selectors: [SelectorPlan],
        configurations: [ConfigurationPlan], trust: TrustPlan
    ) {
        self.account = account
        self.zone = zone
        self.name = name
        self.hosts = hosts
        self.selectors = selectors
        self.configurations = configurations
        self.trust = trust
    }
}

/// Which peers are believed about the client.
package struct TrustPlan: Hashable, Sendable {
    /// Lower-case header that carries the client's country (`ip.src.country`); removed when the peer is not trusted.
    package var countryHeader: String?
    /// Peers, as CIDR texts such as `10.0.0.0/8`, whose country header is believed.
    package var trustedPeers: [String]

    package init(countryHeader: String? = nil, trustedPeers: [String] = []) {
        self.countryHeader = countryHeader
        self.trustedPeers = trustedPeers
    }
}

/// One effective rule: *if environment filter and routing rule then use this configuration*.
package struct SelectorPlan: Hashable, Sendable {
    package var environment: String
    package var routingRule: String
    /// Encoded program of the condition (`RulesLanguage.Program`), the zone's name already resolved.
    package var condition: [UInt8]
    /// Index into `ZonePlan.configurations`.
    package var configuration: Int

    package init(environment: String, routingRule: String, condition: [UInt8], configuration: Int) {
        self.environment = environment
        self.routingRule = routingRule
        self.condition = condition
        self.configuration = configuration
    }
}

package import EdgePlan
package import RulesLanguage

/// Everything that decides what the edge serves, read from the store in one go.
package struct EdgeSnapshot: Sendable {
    package struct Content: Hashable, Sendable {
        package var id: ConfigurationID
        package var digest: Digest
        /// nil for a zone's own configuration.
        package var application: ResourceName?
        package var version: Int?
        /// The zone whose own it is; nil: a version's.
        package var zone: String?
        package var configuration: Configuration

        package init(
            id: ConfigurationID, digest: Digest, application: ResourceName?, version: Int?, zone: String? = nil,
            configuration: Configuration
        ) {
            self.id = id
            self.zone = zone
            self.digest = digest
            self.application = application
            self.version = version
            self.configuration = configuration
        }

        /// `shop@3`, or `zone example.com`.
        package var label: String {
            if let application, let version { return "\(application)@\(version)" }
            return "zone \(zone ?? "\(id)")"
        }
    }

    package struct ZoneContent: Hashable, Sendable {
        package var zone: Zone
        package var content: Content
        package init(zone: Zone, content: Content) {
            self.zone = zone
            self.content = content
        }
    }

    package var account: AccountID
    package var zones: [ZoneContent]
    /// Versions that an assignment or a pin names, by `shop@3`.
    package var versions: [String: Content]
    package var routingRules: [RoutingRule]
    /// By rank.
    package var environments: [Environment]
    package var assignments: [Assignment]
    package var settings: EdgeSettings
    /// Staging addresses with a version of their own.
    package var reservations: [StagingReservation]
    /// What `$name` stands for, in every version alike.
    package var lists: KnownLists

    package init(
        account: AccountID, zones: [ZoneContent], versions: [String: Content], routingRules: [RoutingRule],
        environments: [Environment], assignments: [Assignment], settings: EdgeSettings,
        reservations: [StagingReservation] = [], lists: KnownLists = .none
    ) {
        self.account = account
        self.zones = zones
        self.versions = versions
        self.routingRules = routingRules
        self.environments = environments
        self.assignments = assignments
        self.settings = settings
        self.reservations = reservations
        self.lists = lists
    }

    package func assignment(of application: ResourceName, in environment: ResourceName) -> Int? {
        assignments.first { $0.application == application && $0.environment == environment }?.version
    }

    /// The version an environment serves of an application: its own assignment, else that of the next higher rank.
    package func servedVersion(of application: ResourceName, in environment: Environment) -> Int? {
        for candidate in environments where candidate.rank >= environment.rank {
            if let version = assignment(of: application, in: candidate.name) { return version }
        }
        return nil
    }
}

/// Options of the whole edge; global, never versioned.
package struct EdgeSettings: Hashable, Sendable, Codable {
    /// Keys under which the store keeps them.
    package static let countryHeaderKey = "edge.country_header"
    package static let trustedPeersKey = "edge.trusted_peers"

    /// Lower-case header with the client's country, believed only from trusted peers.
    package var countryHeader: String?
    /// CIDR texts.
    package var trustedPeers: [String]

    package init(countryHeader: String? = nil, trustedPeers: [String] = []) {
        self.countryHeader = countryHeader
        self.trustedPeers = trustedPeers
    }

    /// What the store keeps under each key; nil: nothing.
    package var stored: [String: String?] {
        [
            Self.countryHeaderKey: countryHeader,
            Self.trustedPeersKey: trustedPeers.isEmpty ? nil : trustedPeers.joined(separator: ","),
        ]
    }

    /// A network such as `10.0.0.0/8`; nil for any other text.
    package static func network(_ text: String) -> IPRange? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(String(parts[0])), let length = Int(parts[1]) else {
            return nil
        }
        return IPRange(network: address, prefixLength: length)
    }

    /// Whether a client of that address may tell the country.
    package func trusts(_ client: IPAddress) -> Bool {
        trustedPeers.contains { Self.network($0)?.contains(client) ?? false }
    }

    package init(stored: [String: String]) {
        countryHeader = stored[Self.countryHeaderKey].flatMap { $0.isEmpty ? nil : $0 }
        trustedPeers = stored[Self.trustedPeersKey]?.split(separator: ",").map(String.init) ?? []
    }
}

package import EdgePlan

/// A network's routes and the clusters they need: one resource while the network is small, else one for each shard, so
/// that a change is sent with its neighbours in the shard and not with all zones.
package struct RouteTable: Hashable, Sendable {
    package let network: Network
    /// Names of clusters that routes lead to, sorted.
    package let clusters: [String]
    /// One for each shard, in order; empty for a small network.
    package let shards: [ShardTable]
    /// Names exactly these routes, in whatever pieces they are sent.
    package let version: String
    /// Each zone as rendered, kept so that the next rendering takes over what did not change.
    let virtualHosts: [RenderedZone]
    /// Zones that others took the place of, newest first: a way back finds them rendered.
    let retired: [RenderedZone]
    private let whole: DiscoveryAnswer?

    init(_ network: Network, _ zones: [RenderedZone], isSharded: Bool, reusing previous: RouteTable?) {
        self.network = network
        clusters = Set(zones.flatMap { $0.origins.map(\.name) }).sorted()
        virtualHosts = zones
        let current = Dictionary(zones.map { ($0.plan.name, $0) }, uniquingKeysWith: { first, _ in first })
        let replaced = previous?.virtualHosts.filter { current[$0.plan.name] != $0 } ?? []
        retired = Array((replaced + (previous?.retired ?? [])).prefix(Self.retirees))
        shards = isSharded ? ShardTable.all(network, zones, reusing: previous?.shards ?? []) : []
        whole = isSharded ? nil : DiscoveryAnswer([Self.resource(network, zones)])
        version = whole?.version ?? CanonicalJSON.version(shards.flatMap { Array($0.answer.version.utf8) })
    }

    private static let retirees = 16

    /// The whole network as one resource, however it is sent.
    package var resource: Resource { Self.resource(network, virtualHosts) }

    /// The whole network in one answer.
    package var answer: DiscoveryAnswer {
        whole ?? DiscoveryAnswer([resource], version: version)
    }

    /// The shards, also of a small network: for a node whose listeners were made for shards.
    package var inShards: [ShardTable] { shards.isEmpty ? ShardTable.all(network, virtualHosts, reusing: []) : shards }

    private static func resource(_ network: Network, _ zones: [RenderedZone]) -> Resource {
        let name = EnvoyRenderer.routeConfigurationName(network)
        return Resource(name: name, bytes: EnvoyRenderer.routeConfiguration(name, zones.map(\.bytes)))
    }
}

extension RouteTable {
    /// What was served before makes no difference.
    package static func == (a: RouteTable, b: RouteTable) -> Bool {
        a.network == b.network && a.version == b.version && a.clusters == b.clusters && a.shards == b.shards
            && a.virtualHosts == b.virtualHosts && a.whole == b.whole
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(network)
        hasher.combine(version)
    }
}

/// The routes of one shard.
package struct ShardTable: Hashable, Sendable {
    package let answer: DiscoveryAnswer
    let zones: [RenderedZone]

    /// A shard whose zones did not change is taken over as it is.
    static func all(_ network: Network, _ zones: [RenderedZone], reusing previous: [ShardTable]) -> [ShardTable] {
        var members = [[RenderedZone]](repeating: [], count: RouteShard.count)
        for zone in zones {
            for shard in zone.shards { members[shard].append(zone) }
        }
        return members.enumerated().map { shard, zones in
            if previous.indices.contains(shard), previous[shard].zones.map(\.bytes) == zones.map(\.bytes) {
                return previous[shard]
            }
            return ShardTable(answer: DiscoveryAnswer([resource(network, shard, zones)]), zones: zones)
        }
    }

    static func resource(_ network: Network, _ shard: Int, _ zones: [RenderedZone]) -> Resource {
        let name = EnvoyRenderer.routeConfigurationName(network, shard: shard)
        return Resource(name: name, bytes: EnvoyRenderer.routeConfiguration(name, zones.map(\.bytes)))
    }
}

struct RenderedZone: Hashable, Sendable {
    let plan: ZonePlan
    let origins: [OriginPlan]
    let bytes: [UInt8]
    let shards: [Int]
}

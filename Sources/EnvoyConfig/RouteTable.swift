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
    /// How many zones lead to each cluster.
    private let clusterUses: [String: Int]

    /// - Parameters:
    ///   - zones: of which all but `new` are those of the table before.
    ///   - gone: zones of the table before that are no more, or no more the same, in its order.
    init(
        _ network: Network, _ zones: [RenderedZone], new: [RenderedZone], gone: [RenderedZone], isSharded: Bool,
        reusing previous: RouteTable?
    ) {
        self.network = network
        virtualHosts = zones
        retired = Array((gone + (previous?.retired ?? [])).prefix(Self.retirees))
        var uses = previous?.clusterUses ?? [:]
        for name in gone.lazy.flatMap(\.origins).map(\.name) {
            let left = uses[name, default: 1] - 1
            uses[name] = left > 0 ? left : nil
        }
        for name in new.lazy.flatMap(\.origins).map(\.name) { uses[name, default: 0] += 1 }
        clusterUses = uses
        let isSame = previous.map { $0.clusterUses.count == uses.count && $0.clusterUses.keys == uses.keys } ?? false
        clusters = isSame ? previous?.clusters ?? [] : uses.keys.sorted()
        if isSharded, let previous, !previous.shards.isEmpty {
            let touched = Set((new + gone).flatMap(\.shards))
            shards = ShardTable.all(network, zones, only: touched, reusing: previous.shards)
        } else {
            shards = isSharded ? ShardTable.all(network, zones) : []
        }
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
    package var inShards: [ShardTable] { shards.isEmpty ? ShardTable.all(network, virtualHosts) : shards }

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

    /// - Parameter touched: shards of which zones came, changed or went; the others are taken over. nil: all.
    static func all(
        _ network: Network, _ zones: [RenderedZone], only touched: Set<Int>? = nil, reusing previous: [ShardTable] = []
    ) -> [ShardTable] {
        let isMade = (0..<RouteShard.count).map { shard in
            touched.map { $0.contains(shard) || !previous.indices.contains(shard) } ?? true
        }
        var members = [[RenderedZone]](repeating: [], count: RouteShard.count)
        if isMade.contains(true) {
            for place in zones.indices {
                for shard in zones[place].shards where isMade[shard] { members[shard].append(zones[place]) }
            }
        }
        return members.enumerated().map { shard, zones in
            guard isMade[shard] else { return previous[shard] }
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
    /// Whether the origins that the plan names were all there.
    let isWhole: Bool
}

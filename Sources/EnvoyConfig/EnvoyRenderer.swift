package import EdgePlan

/// Makes Envoy resources of a plan. Pure: the same plan and settings give the same bytes.
package struct EnvoyRenderer: Sendable {
    /// False only where no module library is at hand: zones are then served without their rules.
    package var usesModule: Bool
    /// Zones up to which a network's routes are one resource. Larger ones come in shards (``RouteShard``), which cost a
    /// node 65 more subscriptions and some 15 MB, and each request one more header.
    package var largestWhole: Int

    package init(usesModule: Bool = true, largestWhole: Int = 128) {
        self.usesModule = usesModule
        self.largestWhole = largestWhole
    }

    /// Fixed names under which route tables are fetched and swapped.
    package static func routeConfigurationName(_ network: Network) -> String { "signalbox.\(network.rawValue)" }

    package static func routeConfigurationName(_ network: Network, shard: Int) -> String {
        "signalbox.\(network.rawValue).\(RouteShard.text(shard))"
    }

    /// What a name of a route configuration stands for: a network, and the shard when it is one; nil: none of ours.
    package static func routes(named name: String) -> (network: Network, shard: Int?)? {
        for network in Network.allCases where name.hasPrefix(routeConfigurationName(network)) {
            if name == routeConfigurationName(network) { return (network, nil) }
            let shard = (0..<RouteShard.count).first { name == routeConfigurationName(network, shard: $0) }
            if let shard { return (network, shard) }
        }
        return nil
    }

    /// Clusters and both route tables.
    /// - Parameters:
    ///   - previous: what was rendered before; zones and origins that did not change are taken from it.
    ///   - encode: a zone's plan as the bytes its virtual host carries to the module.
    /// - Throws: what `encode` throws.
    package func render(
        _ plan: EdgePlan, reusing previous: ResourceSet? = nil, encode: (ZonePlan) throws -> [UInt8]
    ) throws -> ResourceSet {
        let origins = Dictionary(plan.origins.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let rendered = Dictionary(
            (previous?.clusters ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let clusters = try origins.values.sorted { $0.name < $1.name }.map { origin in
            if let old = rendered[origin.name], previous?.origins[origin.name] == origin { return old }
            return try cluster(origin)
        }
        let changed = Set((previous?.origins ?? [:]).filter { origins[$0.key] != $0.value }.keys)
        return ResourceSet(
            origins: origins, clusters: clusters,
            production: try routeTable(
                .production, plan.production, origins: origins, changed: changed, reusing: previous?.production,
                encode: encode),
            lower: try routeTable(
                .lower, plan.lower, origins: origins, changed: changed, reusing: previous?.lower, encode: encode),
            certificates: plan.certificates)
    }

    /// The filters of every listener that serves zones.
    func filters(mode: String) -> [Extension] {
        let router = Extension("envoy.filters.http.router", Router())
        return usesModule ? [Extension(EdgeContract.filter, DynamicModuleFilter(mode: mode)), router] : [router]
    }
}

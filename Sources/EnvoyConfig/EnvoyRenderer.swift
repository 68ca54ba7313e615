package import EdgePlan

/// Makes Envoy resources of a plan. Pure: the same plan and settings give the same bytes.
package struct EnvoyRenderer: Sendable {
    /// False only where no module library is at hand: zones are then served without their rules.
    package var usesModule: Bool

    package init(usesModule: Bool = true) {
        self.usesModule = usesModule
    }

    /// Fixed names under which route tables are fetched and swapped.
    package static func routeConfigurationName(_ network: Network) -> String { "signalbox.\(network.rawValue)" }

    /// Clusters and both route tables.
    /// - Parameters:
    ///   - previous: what was rendered before; zones that did not change are taken from it.
    ///   - encode: a zone's plan as the bytes its virtual host carries to the module.
    /// - Throws: what `encode` throws.
    package func render(
        _ plan: EdgePlan, reusing previous: ResourceSet? = nil, encode: (ZonePlan) throws -> [UInt8]
    ) throws -> ResourceSet {
        let origins = Dictionary(plan.origins.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return ResourceSet(
            clusters: try origins.values.sorted { $0.name < $1.name }.map(cluster),
            production: try routeTable(
                .production, plan.production, origins: origins, reusing: previous?.production, encode: encode),
            lower: try routeTable(.lower, plan.lower, origins: origins, reusing: previous?.lower, encode: encode),
            certificates: plan.certificates)
    }

    /// The filters of every listener that serves zones.
    func filters(mode: String) -> [Extension] {
        let router = Extension("envoy.filters.http.router", Router())
        return usesModule ? [Extension(EdgeContract.filter, DynamicModuleFilter(mode: mode)), router] : [router]
    }
}

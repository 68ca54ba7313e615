internal import EdgeModel
internal import RulesLanguage

/// Look-ups that fail in the same words everywhere.
enum Find {
    /// - Parameters:
    ///   - kind: as the place calls it.
    ///   - words: as the sentence calls it, when that is more.
    ///   - known: what there is, of which one may be meant.
    static func missing(
        _ kind: String, _ name: String, called words: String? = nil, among known: [String], list: String
    ) -> ControlPlaneError {
        let meant = EditDistance.nearest(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
        return ControlPlaneError(
            .notFound, at: "\(kind) \(name)", "there is no \(words ?? kind) '\(name)'\(meant)", remedy: list)
    }

    static func application(_ name: ResourceName, in tx: any StoreReading) throws -> HTTPApplication {
        guard let application = try tx.application(named: name) else {
            throw missing(
                "application", name.rawValue, among: try tx.applications().map(\.name.rawValue),
                list: "signalbox app list")
        }
        return application
    }

    static func version(_ number: Int, of name: ResourceName, in tx: any StoreReading) throws -> Version {
        _ = try application(name, in: tx)
        guard let version = try tx.version(number, of: name) else {
            throw ControlPlaneError(
                .notFound, at: "version \(name)@\(number)", "there is no version \(number) of \(name)",
                remedy: "signalbox version list \(name)")
        }
        return version
    }

    static func environment(_ name: ResourceName, in tx: any StoreReading) throws -> Environment {
        let all = try tx.environments()
        guard let environment = all.first(where: { $0.name == name }) else {
            throw missing(
                "environment", name.rawValue, among: all.map(\.name.rawValue), list: "signalbox env list")
        }
        return environment
    }

    static func zone(_ name: String, in tx: any StoreReading) throws -> Zone {
        guard let zone = try tx.zone(named: name) else {
            throw noZone(name, among: try tx.zones().map(\.name))
        }
        return zone
    }

    static func noZone(_ name: String, among known: [String]) -> ControlPlaneError {
        missing("zone", name, among: known, list: "signalbox zone list")
    }

    static func noNode(_ name: ResourceName, among known: [ResourceName]) -> ControlPlaneError {
        missing("node", name.rawValue, among: known.map(\.rawValue), list: "signalbox node list")
    }

    static func noRule(_ name: ResourceName, among rules: [RoutingRule]) -> ControlPlaneError {
        missing(
            "rule", name.rawValue, called: "routing rule", among: rules.map(\.name.rawValue),
            list: "signalbox rule list")
    }
}

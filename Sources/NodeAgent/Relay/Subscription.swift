internal import EdgeModel
internal import EdgePlan
internal import EnvoyConfig

/// One thing Envoy keeps asking for: a kind of resource and the names it wants of it.
struct Subscription: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Last part of the path: `clusters`, `listeners`, `routes`.
    let kind: String
    /// Sorted; none for everything.
    let names: [String]

    init(kind: String, names: [String]) {
        self.kind = kind
        self.names = names.sorted()
    }

    static let clusters = Subscription(kind: "clusters", names: [])
    static let listeners = Subscription(kind: "listeners", names: [])
    static func routes(_ name: String) -> Subscription { Subscription(kind: "routes", names: [name]) }

    /// As `serve` names it; nil for what `serve` does not offer.
    var resource: ResourceKind? {
        switch (kind, names) {
        case ("clusters", []): .clusters
        case ("listeners", []): .listeners
        case ("routes", [EnvoyRenderer.routeConfigurationName(.production)]): .productionRoutes
        case ("routes", [EnvoyRenderer.routeConfigurationName(.lower)]): .lowerRoutes
        default: nil
        }
    }

    var description: String { names.isEmpty ? kind : "\(kind) \(names.joined(separator: ","))" }
}

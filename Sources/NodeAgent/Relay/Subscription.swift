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
    /// What leads to the shards of large networks.
    static let scopes = Subscription(kind: "scoped-routes", names: [])
    static func routes(_ name: String) -> Subscription { Subscription(kind: "routes", names: [name]) }

    /// As `serve` names it; nil for what `serve` does not offer.
    var resource: ResourceKind? {
        switch (kind, names) {
        case ("clusters", []): .clusters
        case ("listeners", []): .listeners
        case ("routes", _) where names.count == 1: EnvoyRenderer.routes(named: names[0]).map { .routes($0.network) }
        default: nil
        }
    }

    var description: String { names.isEmpty ? kind : "\(kind) \(names.joined(separator: ","))" }
}

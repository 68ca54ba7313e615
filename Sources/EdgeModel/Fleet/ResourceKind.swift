package import EdgePlan

/// The separately versioned parts of what a node fetches.
package enum ResourceKind: String, CaseIterable, Hashable, Sendable, Codable, CodingKeyRepresentable {
    case listeners
    case clusters
    case productionRoutes = "routes.production"
    case lowerRoutes = "routes.lower"

    package static func routes(_ network: Network) -> ResourceKind {
        switch network {
        case .production: .productionRoutes
        case .lower: .lowerRoutes
        }
    }

    /// The network whose plan it carries; nil for listeners and clusters.
    package var network: Network? {
        switch self {
        case .productionRoutes: .production
        case .lowerRoutes: .lower
        case .listeners, .clusters: nil
        }
    }
}

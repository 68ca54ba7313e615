package import EdgeModel
package import EdgePlan

/// What an operator wants changed of what is served. Planned first, applied after; never applied unplanned.
package enum ChangeRequest: Hashable, Sendable {
    /// Puts a version into the lowest-ranked environment.
    case assign(application: ResourceName, version: Int, environment: ResourceName)
    /// Moves what the next lower rank serves into this environment.
    case promote(application: ResourceName, to: ResourceName)
    /// Back to the previous distinct version, or to a chosen one. No gates.
    case rollback(application: ResourceName, environment: ResourceName, to: Int?)
    case routing(RoutingEdit)
    case environment(EnvironmentEdit)
    case zone(ZoneEdit)
    /// Options of the whole edge, all of them.
    case settings(EdgeSettings)
    case reservation(ReservationEdit)
    case list(ListEdit)
    /// The inverse of a journal entry; nil: the newest.
    case undo(Int?)

    package var kind: Deployment.Kind {
        switch self {
        case .assign: .assign
        case .promote: .promote
        case .rollback: .rollback
        case .routing: .routing
        case .environment: .environment
        case .zone: .zone
        case .settings: .settings
        case .reservation: .reserve
        case .list: .list
        case .undo: .undo
        }
    }

    /// Whether findings, thresholds and checks may hold it up: not ways back.
    package var isGated: Bool {
        switch self {
        case .rollback, .undo: false
        default: true
        }
    }
}

package enum RoutingEdit: Hashable, Sendable {
    package enum Place: Hashable, Sendable {
        case first, last
        case before(ResourceName)
        case after(ResourceName)
    }

    case add(RoutingRule, Place)
    /// Replaces the rule of that name, keeping its place.
    case replace(RoutingRule)
    case move(ResourceName, Place)
    case remove(ResourceName)
    case setEnabled(ResourceName, Bool)
    /// nil: follow the environment again.
    case pin(ResourceName, version: Int?)
}

package enum EnvironmentEdit: Hashable, Sendable {
    /// `rank` counts from 0; environments at and above it move up. Production stays highest.
    case create(Environment)
    case replace(Environment)
    case remove(ResourceName)
}

package enum ZoneEdit: Hashable, Sendable {
    /// A new zone, or other hosts, certificate and configuration for one that exists.
    case put(name: String, hosts: [String], tls: CertificateFiles? = nil, configuration: Configuration)
    case remove(String)
}

package enum ReservationEdit: Hashable, Sendable {
    /// Gives a version a staging address of the environment: the one named, or the first that is free. The holder's own
    /// reservation of the version is prolonged.
    case reserve(
        application: ResourceName, version: Int, environment: ResourceName, address: String?, holder: String,
        until: Timestamp)
    /// Gives it back; `anyway`: also one that somebody else holds.
    case release(address: String, holder: String, anyway: Bool)
}

/// How a plan may be applied.
package struct ApplyOptions: Hashable, Sendable {
    package var acceptWarnings = false
    /// Past safety thresholds; needs a reason.
    package var force = false
    package var allowStaleBase = false
    package var reason: String?
    /// What checks outside found; enters the journal.
    package var evidence: [String: String] = [:]
    package init() {}
}

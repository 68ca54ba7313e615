import EdgeModel
import EdgePlan

/// A `Change` as the journal keeps it: `{"assignment":{"application":"shop","environment":"production","to":2}}`.
///
/// A shape of its own, because entries are read for ever, whatever becomes of the model's types. Fields are only ever
/// added, and then optional.
struct StoredChange: Codable {
    struct Sides<Value: Codable>: Codable {
        var name: String?
        var before: Value?
        var after: Value?
    }

    struct Assigned: Codable {
        var application: ResourceName
        var environment: ResourceName
        var from: Int?
        var to: Int?
    }

    struct Rule: Codable {
        var name: ResourceName
        var expression: String
        var application: ResourceName
        var pinned: Int?
        var enabled: Bool
        var description: String
    }

    struct Zone: Codable {
        var id: Int
        var hosts: [String]
        var tls: CertificateFiles?
        var digest: String
        var configuration: String
    }

    struct Place: Codable {
        var name: ResourceName
        var rank: Int
        var filter: String?
        var stagingAddresses: [String]
        var lockOnDeploy: Bool
    }

    struct Edge: Codable {
        var countryHeader: String?
        var trustedPeers: [String]
    }

    struct Reservation: Codable {
        var application: ResourceName
        var version: Int
        var holder: String
        var until: Timestamp
    }

    /// Exactly one of these.
    var assignment: Assigned?
    var routing: Sides<[Rule]>?
    var zone: Sides<Zone>?
    var environment: Sides<Place>?
    var settings: Sides<Edge>?
    var reservation: Sides<Reservation>?
    var list: List?

    init(_ change: Change) {
        switch change {
        case .assignment(let application, let environment, let from, let to):
            assignment = Assigned(application: application, environment: environment, from: from, to: to)
        case .routing(let before, let after):
            routing = Sides(before: before.map(Rule.init), after: after.map(Rule.init))
        case .zone(let name, let before, let after):
            zone = Sides(name: name, before: before.map(Zone.init), after: after.map(Zone.init))
        case .environment(let before, let after):
            environment = Sides(before: before.map(Place.init), after: after.map(Place.init))
        case .settings(let before, let after): settings = Sides(before: Edge(before), after: Edge(after))
        case .reservation(let address, let before, let after):
            reservation = Sides(name: address, before: before.map(Reservation.init), after: after.map(Reservation.init))
        case .list(let change): list = List(change)
        }
    }

    /// nil when the fields do not make a change.
    var change: Change? {
        if let assignment {
            return .assignment(
                application: assignment.application, environment: assignment.environment, from: assignment.from,
                to: assignment.to)
        }
        if let routing, let before = routing.before, let after = routing.after {
            return .routing(before: before.map(\.value), after: after.map(\.value))
        }
        if let zone, let name = zone.name {
            let (before, after) = (zone.before?.value, zone.after?.value)
            guard (before == nil) == (zone.before == nil), (after == nil) == (zone.after == nil) else { return nil }
            return .zone(name: name, before: before, after: after)
        }
        if let settings, let before = settings.before, let after = settings.after {
            return .settings(before: before.value, after: after.value)
        }
        if let reservation, let address = reservation.name {
            return .reservation(
                address: address, before: reservation.before?.value(of: address),
                after: reservation.after?.value(of: address))
        }
        if let list { return .list(list.value) }
        return environment.map { .environment(before: $0.before?.value, after: $0.after?.value) }
    }
}

extension StoredChange.Rule {
    init(_ rule: RoutingRule) {
        self.init(
            name: rule.name, expression: rule.expression, application: rule.application, pinned: rule.pinned,
            enabled: rule.enabled, description: rule.description)
    }

    var value: RoutingRule {
        RoutingRule(
            name: name, expression: expression, application: application, pinned: pinned, enabled: enabled,
            description: description)
    }
}

extension StoredChange.Zone {
    init(_ zone: ZoneState) {
        self.init(
            id: zone.id.rawValue, hosts: zone.hosts, tls: zone.tls, digest: zone.digest.rawValue,
            configuration: zone.configuration)
    }

    /// nil when the digest is none.
    var value: ZoneState? {
        Digest(rawValue: digest).map {
            ZoneState(
                id: ConfigurationID(rawValue: id), hosts: hosts, tls: tls, digest: $0, configuration: configuration)
        }
    }
}

extension StoredChange.Place {
    init(_ environment: Environment) {
        self.init(
            name: environment.name, rank: environment.rank, filter: environment.filter,
            stagingAddresses: environment.stagingAddresses, lockOnDeploy: environment.lockOnDeploy)
    }

    var value: Environment {
        Environment(
            name: name, rank: rank, filter: filter, stagingAddresses: stagingAddresses, lockOnDeploy: lockOnDeploy)
    }
}

extension StoredChange.Edge {
    init(_ settings: EdgeSettings) {
        self.init(countryHeader: settings.countryHeader, trustedPeers: settings.trustedPeers)
    }

    var value: EdgeSettings { EdgeSettings(countryHeader: countryHeader, trustedPeers: trustedPeers) }
}

extension StoredChange.Reservation {
    init(_ reservation: StagingReservation) {
        self.init(
            application: reservation.application, version: reservation.version, holder: reservation.holder,
            until: reservation.until)
    }

    func value(of address: String) -> StagingReservation {
        StagingReservation(
            address: address, application: application, version: version, holder: holder, until: until)
    }
}

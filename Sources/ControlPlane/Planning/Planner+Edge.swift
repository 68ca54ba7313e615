internal import EdgeModel
internal import EdgePlan
internal import RulesLanguage

/// Journal streams beside those of environments, which are named after them.
enum Stream {
    static let routing = "routing"
    static let environments = "environments"
    static let zones = "zones"
    static let settings = "settings"
    static let reservations = "reservations"
    static let lists = "lists"
    static let all = [routing, environments, zones, settings, reservations, lists]

    /// - Throws: never in practice: the names above are valid; kept as an error rather than a trap.
    static func name(_ text: String) throws -> ResourceName {
        guard let name = ResourceName(rawValue: text) else {
            throw ControlPlaneError(.usage, at: text, "'\(text)' is no journal stream", remedy: "signalbox history")
        }
        return name
    }
}

extension Planner {
    // MARK: routing rules

    func routing(_ edit: RoutingEdit) throws -> Intent {
        let before = try tx.routingRules()
        var after = before
        let title: String
        switch edit {
        case .add(let rule, let place):
            guard !before.contains(where: { $0.name == rule.name }) else {
                throw ControlPlaneError(
                    .exists, at: "rule \(rule.name)", "there is a routing rule of that name",
                    remedy: "signalbox rule change \(rule.name)")
            }
            try check(rule)
            after.insert(rule, at: try index(of: place, in: after))
            title = "add routing rule \(rule.name)"
        case .replace(let rule):
            let position = try position(of: rule.name, in: before)
            try check(rule)
            after[position] = rule
            title = "change routing rule \(rule.name)"
        case .move(let name, let place):
            let rule = after.remove(at: try position(of: name, in: before))
            after.insert(rule, at: try index(of: place, in: after))
            title = "move routing rule \(name)"
        case .remove(let name):
            after.remove(at: try position(of: name, in: before))
            title = "remove routing rule \(name)"
        case .setEnabled(let name, let enabled):
            after[try position(of: name, in: before)].enabled = enabled
            title = "\(enabled ? "enable" : "disable") routing rule \(name)"
        case .pin(let name, let version):
            let position = try position(of: name, in: before)
            after[position].pinned = version
            try check(after[position])
            title =
                version.map { "pin routing rule \(name) to \(before[position].application)@\($0)" }
                ?? "unpin routing rule \(name)"
        }
        guard before != after else {
            throw ControlPlaneError(
                .refused, at: "routing rules", "that changes nothing", remedy: "signalbox rule list")
        }
        return Intent(
            stream: try Stream.name(Stream.routing), change: .routing(before: before, after: after), title: title)
    }

    private func check(_ rule: RoutingRule) throws {
        _ = try Find.application(rule.application, in: tx)
        if let pinned = rule.pinned { _ = try Find.version(pinned, of: rule.application, in: tx) }
        try checkCondition(rule.expression, place: "rule \(rule.name): expression", name: rule.name.rawValue)
    }

    func checkCondition(_ text: String, place: String, name: String) throws {
        var findings = ExpressionCheck.syntaxFindings(text, at: place)
        if findings.isEmpty, let expression = try? Expression(text) {
            findings = ExpressionCheck.edgeFindings(expression, ref: name, response: false, at: place)
                .filter { $0.severity == .error }
            if findings.isEmpty {
                findings = ExpressionCheck.listFindings(
                    expression, try ControlPlane.knownLists(in: tx).contents, at: place)
            }
        }
        guard findings.isEmpty else {
            throw ControlPlaneError(
                .invalid, at: place, "the expression cannot be used", remedy: "mend it and try again",
                findings: findings)
        }
    }

    private func position(of name: ResourceName, in rules: [RoutingRule]) throws -> Int {
        guard let index = rules.firstIndex(where: { $0.name == name }) else {
            throw Find.noRule(name, among: rules)
        }
        return index
    }

    private func index(of place: RoutingEdit.Place, in rules: [RoutingRule]) throws -> Int {
        switch place {
        case .first: 0
        case .last: rules.count
        case .before(let name): try position(of: name, in: rules)
        case .after(let name): try position(of: name, in: rules) + 1
        }
    }

    // MARK: environments

    func environment(_ edit: EnvironmentEdit) throws -> Intent {
        let all = try tx.environments().sorted { $0.rank < $1.rank }
        let before: Environment?
        let after: Environment?
        let title: String
        switch edit {
        case .create(let environment):
            guard !all.contains(where: { $0.name == environment.name }) else {
                throw ControlPlaneError(
                    .exists, at: "environment \(environment.name)", "there is an environment of that name",
                    remedy: "signalbox env change \(environment.name)")
            }
            guard !Stream.all.contains(environment.name.rawValue) else {
                throw ControlPlaneError(
                    .usage, at: "environment \(environment.name)", "that name stands for a part of the journal",
                    remedy: "choose another name")
            }
            try check(environment, among: all)
            (before, after) = (nil, environment)
            title = "create environment \(environment.name)"
        case .replace(let environment):
            let old = try Find.environment(environment.name, in: tx)
            guard old != environment else {
                throw ControlPlaneError(
                    .refused, at: "environment \(environment.name)", "that changes nothing",
                    remedy: "signalbox env show \(environment.name)")
            }
            try check(environment, among: all.filter { $0.name != environment.name })
            (before, after) = (old, environment)
            title = "change environment \(environment.name)"
        case .remove(let name):
            let old = try Find.environment(name, in: tx)
            guard !old.isProduction else {
                throw ControlPlaneError(
                    .refused, at: "environment production", "production cannot be removed", remedy: "signalbox env list"
                )
            }
            guard try !tx.assignments().contains(where: { $0.environment == name }) else {
                throw ControlPlaneError(
                    .refused, at: "environment \(name)", "it still serves versions",
                    remedy: "signalbox rollback APP --env \(name) until it serves none")
            }
            (before, after) = (old, nil)
            title = "remove environment \(name)"
        }
        return Intent(
            stream: try Stream.name(Stream.environments), change: .environment(before: before, after: after),
            title: title)
    }

    private func check(_ environment: Environment, among others: [Environment]) throws {
        let place = "environment \(environment.name)"
        if environment.isProduction, environment.filter != nil || !environment.stagingAddresses.isEmpty {
            throw ControlPlaneError(
                .refused, at: place, "production takes every request: it has no filter and no staging address",
                remedy: "signalbox env create NAME for another environment")
        }
        for address in environment.stagingAddresses {
            guard let parsed = IPAddress(address), parsed.description == address else {
                throw ControlPlaneError(
                    .invalid, at: place, "'\(address)' is no IP address in its usual form",
                    remedy: "give it without port or brackets, e.g. 127.0.0.20")
            }
            if let owner = others.first(where: { $0.stagingAddresses.contains(address) }) {
                throw ControlPlaneError(
                    .refused, at: place, "staging address \(address) belongs to environment \(owner.name)",
                    remedy: "choose another address, or take it away there first")
            }
        }
        for tagged in try tx.applications() {
            for version in try tx.versions(of: tagged.name) where version.tags.contains(environment.name) {
                throw ControlPlaneError(
                    .exists, at: place, "\(version.label) bears the tag '\(environment.name)'",
                    remedy: "signalbox version untag \(version.label) \(environment.name)")
            }
        }
        if let filter = environment.filter {
            try checkCondition(filter, place: "\(place): filter", name: environment.name.rawValue)
        }
    }

    // MARK: settings

    func settings(_ after: EdgeSettings) throws -> Intent {
        let before = EdgeSettings(stored: try tx.settings())
        guard before != after else {
            throw ControlPlaneError(
                .refused, at: "settings", "that changes nothing", remedy: "signalbox config show")
        }
        if let header = after.countryHeader, !HeaderName.isToken(header) {
            throw ControlPlaneError(
                .usage, at: EdgeSettings.countryHeaderKey, "'\(header)' is no header name",
                remedy: "signalbox config set \(EdgeSettings.countryHeaderKey) x-country")
        }
        for peer in after.trustedPeers where EdgeSettings.network(peer) == nil {
            throw ControlPlaneError(
                .usage, at: EdgeSettings.trustedPeersKey, "'\(peer)' is no network such as 10.0.0.0/8",
                remedy: "signalbox config set \(EdgeSettings.trustedPeersKey) 10.0.0.0/8")
        }
        let change = Change.settings(before: before, after: after)
        return Intent(stream: try Stream.name(Stream.settings), change: change, title: "set \(change.sentence)")
    }

    // MARK: zones

    func zone(_ edit: ZoneEdit) throws -> Intent {
        let stream = try Stream.name(Stream.zones)
        switch edit {
        case .put(let name, let hosts, let tls, let configuration):
            let zones = try tx.zones()
            let wanted = Set(hosts)
            for other in zones where other.name != name {
                if let shared = other.hosts.first(where: { wanted.contains($0) }) {
                    throw ControlPlaneError(
                        .exists, at: "zone \(name)", "host '\(shared)' belongs to zone \(other.name)",
                        remedy: "remove the host from one of them")
                }
            }
            let old = zones.first { $0.name == name }
            let after = ZoneState(
                id: old?.id ?? ConfigurationID(rawValue: 0), hosts: hosts, tls: tls, digest: configuration.digest,
                configuration: configuration.document.json())
            let before = try old.map { try state(of: $0) }
            guard before != after else {
                throw ControlPlaneError(
                    .refused, at: "zone \(name)", "the zone already is exactly that",
                    remedy: "signalbox zone show \(name)")
            }
            var intent = Intent(
                stream: stream, change: .zone(name: name, before: before, after: after),
                title: old == nil ? "create zone \(name)" : "change zone \(name)")
            intent.diff = (
                try old.map { try ControlPlane.configuration($0.id, in: tx) } ?? Configuration(), configuration
            )
            intent.target = "zone \(name)"
            return intent
        case .remove(let name):
            guard let old = try tx.zone(named: name) else { throw Find.noZone(name, among: try tx.zones().map(\.name)) }
            if let user = try tx.applications().first(where: { $0.zone == name }) {
                throw ControlPlaneError(
                    .refused, at: "zone \(name)", "application \(user.name) was made from it",
                    remedy: "signalbox app remove \(user.name)")
            }
            return Intent(
                stream: stream, change: .zone(name: name, before: try state(of: old), after: nil),
                title: "remove zone \(name)")
        }
    }

    private func state(of zone: Zone) throws -> ZoneState {
        ZoneState(
            id: zone.id, hosts: zone.hosts, tls: zone.tls, digest: zone.digest,
            configuration: try tx.configuration(zone.id) ?? "{}")
    }
}

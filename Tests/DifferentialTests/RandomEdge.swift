import EdgeModel
import EdgePlan
import RulesLanguage

/// Everything an edge serves, drawn at random: zones, versions of applications, environments, routing.
struct RandomEdge {
    var configurations: RandomConfiguration

    func snapshot(_ dice: inout Dice, firstID: Int) -> EdgeSnapshot {
        var nextID = firstID
        func content(_ application: String? = nil, _ version: Int? = nil) -> EdgeSnapshot.Content {
            nextID += 1
            return EdgeSnapshot.Content(
                id: ConfigurationID(rawValue: nextID), digest: Digest.sha256(of: "\(nextID)"),
                application: application.flatMap(ResourceName.init(rawValue:)), version: version,
                configuration: configurations.configuration(&dice))
        }
        let moment = Timestamp(milliseconds: 0)
        let zones = Pools.zones.map { zone in
            let own = content()
            return EdgeSnapshot.ZoneContent(
                zone: Zone(
                    id: own.id, name: zone.name, hosts: zone.hosts, digest: own.digest, createdAt: moment,
                    updatedAt: moment, author: "lab"),
                content: own)
        }
        var versions: [String: EdgeSnapshot.Content] = [:]
        for application in Self.applications {
            for version in 1...2 { versions["\(application)@\(version)"] = content(application, version) }
        }
        let rules = routingRules(&dice)
        let environments = environments(&dice)
        return EdgeSnapshot(
            account: AccountID(rawValue: 777), zones: zones, versions: versions, routingRules: rules,
            environments: environments, assignments: assignments(environments, &dice),
            settings: EdgeSettings(
                countryHeader: dice.chance(90) ? Pools.countryHeader : nil, trustedPeers: Pools.trustedPeers),
            lists: lists(&dice))
    }

    static let applications = ["shop", "blog"]

    private func name(_ text: String) -> ResourceName {
        guard let name = ResourceName(rawValue: text) else { preconditionFailure("\(text) is no name") }
        return name
    }

    private func lists(_ dice: inout Dice) -> KnownLists {
        func list(_ name: String, _ kind: ListKind, _ values: [String]) -> (ListName, Digest, ListContents) {
            guard let name = ListName(rawValue: name) else { preconditionFailure("\(name) is no name of a list") }
            let items = values.map { ListItem($0) }
            return (name, NamedList.digest(of: items, kind), kind.contents(items))
        }
        return KnownLists([
            list(
                "sources", .ip, dice.some(of: ["127.0.0.2/31", "127.0.0.4", "127.0.0.7..127.0.0.9", "::1"], share: 50)),
            list("stages", .ip, dice.some(of: Pools.stagingAddresses + ["127.0.0.1"], share: 50)),
            list("agents", .text, dice.some(of: Pools.userAgents.filter { !$0.isEmpty }, share: 50)),
            list("texts", .text, dice.some(of: Pools.headerValues.filter { !$0.isEmpty }, share: 30)),
            list("lengths", .integer, dice.some(of: ["1", "2..4", "9..12", "20..90"], share: 50)),
        ])
    }

    private func routingRules(_ dice: inout Dice) -> [RoutingRule] {
        var rules: [RoutingRule] = []
        for index in 0..<dice.number(1...4) {
            let zone = "cf.zone.name eq \"\(dice.pick(Pools.zones.map(\.name)))\""
            let free = configurations.conditions.text(depth: 1, &dice)
            let condition = dice.pick([
                zone, free, "\(zone) and (\(free))", "starts_with(http.request.uri.path, \"/shop\")",
            ])
            rules.append(
                RoutingRule(
                    name: name("route-\(index)"), expression: condition,
                    application: name(dice.pick(Self.applications)),
                    pinned: dice.chance(25) ? dice.number(1...2) : nil, enabled: dice.chance(90)))
        }
        return rules
    }

    private func environments(_ dice: inout Dice) -> [Environment] {
        let filter = configurations.conditions.text(depth: 1, &dice)
        return [
            Environment(
                name: name("staging"), rank: 0, filter: dice.chance(30) ? filter : nil,
                stagingAddresses: [Pools.stagingAddresses[0]], lockOnDeploy: false),
            Environment(
                name: name("preview"), rank: 1, filter: dice.chance(50) ? "http.cookie contains \"beta=1\"" : filter,
                stagingAddresses: dice.chance(40) ? [Pools.stagingAddresses[1]] : [], lockOnDeploy: false),
            Environment(name: name("production"), rank: 2, filter: nil, stagingAddresses: [], lockOnDeploy: true),
        ]
    }

    private func assignments(_ environments: [Environment], _ dice: inout Dice) -> [Assignment] {
        var list: [Assignment] = []
        for environment in environments {
            for application in Self.applications where dice.chance(environment.isProduction ? 80 : 50) {
                list.append(
                    Assignment(
                        application: name(application), environment: environment.name, version: dice.number(1...2)))
            }
        }
        return list
    }
}

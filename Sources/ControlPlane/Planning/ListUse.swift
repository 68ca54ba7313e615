package import EdgeModel
internal import EdgePlan
internal import MailRouting

/// Somebody whose rules mention a list.
package struct ListUse: Hashable, Sendable {
    /// `shop@3`, `zone example.com`, `routing rule shop`, `environment qa`.
    package var user: String
    /// Where that is served or asked; empty: nowhere, but it can be put there.
    package var environments: [ResourceName]

    package var isLive: Bool { !environments.isEmpty }

    /// `shop@3 (staging, production)`
    package var sentence: String {
        isLive ? "\(user) (\(environments.map(\.rawValue).joined(separator: ", ")))" : "\(user) (not served)"
    }

    package var document: DocumentValue {
        .object([
            "user": .string(user), "environments": .array(environments.map { .string($0.rawValue) }),
        ])
    }
}

extension ListUse {
    /// Who uses a list of what is served: zones, versions, routing rules, filters of environments.
    static func live(_ name: ListName, in snapshot: EdgeSnapshot, _ tx: any StoreReading) throws -> [ListUse] {
        let mail = try mail(name, environment: snapshot.environments.last?.name, tx)
        return liveAtTheEdge(name, in: snapshot) + mail.filter(\.isLive)
    }

    private static func liveAtTheEdge(_ name: ListName, in snapshot: EdgeSnapshot) -> [ListUse] {
        let ranked = snapshot.environments.map(\.name)
        func uses(_ configuration: Configuration) -> Bool { configuration.usedLists.contains(name.rawValue) }
        func uses(_ text: String?) -> Bool {
            text.map { Configuration.lists(in: $0).contains(name.rawValue) } ?? false
        }
        var served: [String: Set<ResourceName>] = [:]
        for row in EffectiveRule.rows(snapshot) {
            if let label = row.servedLabel { served[label, default: []].insert(row.environment) }
        }
        let zones = snapshot.zones.filter { uses($0.content.configuration) }.map {
            ListUse(user: "zone \($0.zone.name)", environments: ranked)
        }
        let versions = snapshot.versions.values.filter { uses($0.configuration) }.map(\.label).sorted().map { label in
            ListUse(user: label, environments: ranked.filter { served[label]?.contains($0) ?? false })
        }
        let rules = snapshot.routingRules.filter { uses($0.expression) }.map { rule in
            ListUse(user: "routing rule \(rule.name)", environments: rule.enabled ? ranked : [])
        }
        let environments = snapshot.environments.filter { uses($0.filter) }.map {
            ListUse(user: "environment \($0.name)", environments: [$0.name])
        }
        return zones + versions + rules + environments
    }

    /// The same with every version that is kept: one of them may be served again.
    static func all(_ name: ListName, in snapshot: EdgeSnapshot, _ tx: any StoreReading) throws -> [ListUse] {
        let live = liveAtTheEdge(name, in: snapshot)
        var others: [ListUse] = []
        for application in try tx.applications() {
            for version in try tx.versions(of: application.name) where snapshot.versions[version.label] == nil {
                // Most versions are told apart by their text, which is quicker than reading them.
                guard try tx.configuration(version.id)?.contains("$\(name.rawValue)") == true,
                    try ControlPlane.configuration(version.id, in: tx).usedLists.contains(name.rawValue)
                else { continue }
                others.append(ListUse(user: version.label, environments: []))
            }
        }
        return live + others + (try mail(name, environment: snapshot.environments.last?.name, tx))
    }

    /// Versions of mail rules: what is in force counts as served where everybody is.
    private static func mail(
        _ name: ListName, environment: ResourceName?, _ tx: any StoreReading
    ) throws -> [ListUse] {
        guard let tx = tx as? any MailReading else { return [] }
        return try tx.mailDomains().flatMap { domain in
            try tx.mailVersions(of: domain.name).compactMap { version -> ListUse? in
                guard try tx.mailRuleset(version.number, of: domain.name)?.contains("$\(name.rawValue)") == true,
                    try MailRulesetStorage.read(version, in: tx).usedLists.contains(name.rawValue)
                else { return nil }
                let isLive = domain.enabled && domain.live == version.number
                return ListUse(
                    user: "email rules \(version.label)", environments: isLive ? [environment].compactMap(\.self) : [])
            }
        }
    }
}

internal import EdgeModel
internal import EdgePlan
internal import FoundationEssentials
internal import MailRouting

/// Rulesets as the store keeps them.
enum MailRulesetStorage {
    static func read(_ version: MailVersion, in tx: any MailReading) throws -> MailRuleset {
        guard let text = try tx.mailRuleset(version.number, of: version.domain) else {
            throw damage(version, "it is missing")
        }
        let value: DocumentValue
        do {
            value = try JSONDecoder().decode(DocumentValue.self, from: Data(text.utf8))
        } catch {
            throw damage(version, "it is no JSON")
        }
        let (ruleset, findings) = MailRuleset.read(DocumentNode(value), domain: version.domain)
        guard let ruleset else { throw damage(version, findings.first?.message ?? "it cannot be read") }
        return ruleset
    }

    private static func damage(_ version: MailVersion, _ why: String) -> StoreError {
        StoreError(
            .corrupt, at: "email rules \(version.label)", "a stored ruleset cannot be read: \(why)",
            remedy: "restore a backup, or run an upgraded signalbox if a newer one wrote it")
    }
}

/// Parsed rulesets by version: locked ones never change, and reading a large one again for every change would cost more
/// than the change.
package struct MailRulesetShelf: Sendable {
    private var rulesets: [String: (digest: Digest, ruleset: MailRuleset)] = [:]
    private var lists = ConfigurationShelf()

    package init() {}

    mutating func ruleset(of version: MailVersion, in tx: any MailReading) throws -> MailRuleset {
        if let known = rulesets[version.label], known.digest == version.digest { return known.ruleset }
        let ruleset = try MailRulesetStorage.read(version, in: tx)
        rulesets[version.label] = (version.digest, ruleset)
        return ruleset
    }

    /// The lists that rulesets mention; none of the others is read.
    mutating func lists(of rulesets: [MailRuleset], in tx: any MailReading) throws -> KnownLists {
        let used = Set(rulesets.flatMap(\.usedLists))
        guard !used.isEmpty else { return .none }
        let heads = try tx.lists().filter { used.contains($0.name.rawValue) }
        return try lists.lists(heads) { $0.kind.contents(try tx.items(of: $0.name)) }
    }

    /// Forgets all but these.
    mutating func keep(_ labels: Set<String>) { rulesets = rulesets.filter { labels.contains($0.key) } }
}

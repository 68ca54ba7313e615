package import EdgeModel
package import EdgePlan

/// A domain as it is live: one version of its rules.
package struct LiveMailDomain: Hashable, Sendable {
    package var ruleset: MailRuleset
    package var version: Int

    package init(ruleset: MailRuleset, version: Int) {
        self.ruleset = ruleset
        self.version = version
    }
}

/// What becomes of mail, for all own domains that are switched on: a value that is swapped whole, so that every lookup sees
/// one state. Pure: no clock, no I/O; any number of threads may ask at once.
package struct MailPlan: Sendable {
    package let domains: [String: MailDomainPlan]
    /// Equal for plans that decide alike.
    package let digest: Digest

    package static let empty = MailPlan(domains: [:])

    private init(domains: [String: MailDomainPlan]) {
        self.domains = domains
        digest = Digest.sha256(
            of: domains.keys.sorted().map { "\($0) \(domains[$0]?.version ?? 0) \(domains[$0]?.digest.rawValue ?? "")" }
                .joined(separator: "\n"))
    }

    /// - Parameters:
    ///   - live: domains that are switched on.
    ///   - verified: destinations that may get mail, folded; a rule with any other counts as disabled.
    ///   - lists: what `$name` stands for; a condition that asks for a list that is gone, or is of another kind now, is left
    ///     out.
    ///   - previous: domains that did not change are taken from it instead of being compiled again.
    /// - Throws: `ExpressionErrors` for a condition that does not compile; a checked ruleset has none.
    package init(
        _ live: [LiveMailDomain], verified: Set<MailAddress>, lists: KnownLists = .none,
        reusing previous: MailPlan = .empty
    ) throws {
        var domains: [String: MailDomainPlan] = [:]
        for one in live {
            var ruleset = one.ruleset
            for address in ruleset.liveDestinations where !verified.contains(address.folded) {
                ruleset = ruleset.disabling(destination: address).0
            }
            let used = lists.digests(of: ruleset.usedLists)
            if let old = previous.domains[ruleset.domain], old.version == one.version, old.ruleset == ruleset,
                old.lists == used
            {
                domains[ruleset.domain] = old
            } else {
                domains[ruleset.domain] = try MailDomainPlan(ruleset, version: one.version, lists: lists)
            }
        }
        self.init(domains: domains)
    }

    /// What becomes of one recipient of a message.
    ///
    /// Rules are tried in their order; the first that decides does, and those that only tag or count are collected on the
    /// way. A rule for exactly `user+tag@` takes the mail from the rules of `user@`, whatever their order. A rule that is
    /// disabled or expired keeps its address: the mail is refused and never falls through to the catch-all.
    ///
    /// - Parameters:
    ///   - content: nil before the message has been read.
    ///   - now: for rules that expire.
    package func decide(_ envelope: MailEnvelope, content: MailContent?, at now: Timestamp) -> MailDecision {
        guard let domain = domains[envelope.recipient.domain] else { return .foreign }
        var search = MailSearch(domain, envelope, content, now)
        return search.decide()
    }

    package func domain(_ name: String) -> MailDomainPlan? { domains[name] }
}

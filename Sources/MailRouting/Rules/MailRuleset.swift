internal import EdgeModel
package import EdgePlan

/// What becomes of mail that no rule decided.
package struct MailCatchAll: Hashable, Sendable {
    /// Not tag and not observe.
    package var action: MailAction
    package var enabled: Bool

    package init(action: MailAction, enabled: Bool = true) {
        self.action = action
        self.enabled = enabled
    }
}

/// All rules of a domain in their order, the catch-all and the switches: the content of one version.
package struct MailRuleset: Hashable, Sendable {
    /// Lower case.
    package var domain: String
    /// Refs are unique.
    package var rules: [MailRule]
    /// nil: mail that no rule takes is refused as for an unknown user.
    package var catchAll: MailCatchAll?
    /// Whether `user+tag@` goes where `user@` goes when it has no rule of its own.
    package var subaddressing: Bool
    /// Whether the sender is rewritten (SRS) in forwarded mail, so that SPF passes at the destination.
    package var senderRewriting: Bool
    /// The verifier whose `Authentication-Results` count; nil: none, all verdicts are unknown.
    package var authenticationServer: String?

    package init(
        domain: String, rules: [MailRule] = [], catchAll: MailCatchAll? = nil, subaddressing: Bool = false,
        senderRewriting: Bool = true, authenticationServer: String? = nil
    ) {
        self.domain = domain
        self.rules = rules
        self.catchAll = catchAll
        self.subaddressing = subaddressing
        self.senderRewriting = senderRewriting
        self.authenticationServer = authenticationServer
    }

    package func rule(_ ref: String) -> MailRule? { rules.first { $0.ref == ref } }

    /// Destinations of enabled rules and of the enabled catch-all, each once, sorted.
    package var liveDestinations: [MailAddress] {
        var found: Set<MailAddress> = []
        for rule in rules where rule.enabled { if case .forward(let to) = rule.action { found.formUnion(to) } }
        if let catchAll, catchAll.enabled, case .forward(let to) = catchAll.action { found.formUnion(to) }
        return found.sorted()
    }

    /// Names of the lists that its conditions mention, disabled rules' too, sorted.
    package var usedLists: [String] {
        var found: Set<String> = []
        for rule in rules {
            if case .expression(let text) = rule.matcher { found.formUnion(MailCondition.lists(in: text)) }
        }
        return found.sorted()
    }

    /// The ruleset with every rule disabled that forwards to the address, and the refs of those.
    package func disabling(destination: MailAddress) -> (MailRuleset, refs: [String]) {
        var (copy, refs) = (self, [String]())
        func uses(_ action: MailAction) -> Bool {
            if case .forward(let to) = action { to.contains(destination) } else { false }
        }
        for index in copy.rules.indices where copy.rules[index].enabled && uses(copy.rules[index].action) {
            copy.rules[index].enabled = false
            refs.append(copy.rules[index].ref)
        }
        if let catchAll, catchAll.enabled, uses(catchAll.action) {
            copy.catchAll?.enabled = false
            refs.append(MailRule.catchAll)
        }
        return (copy, refs)
    }

    /// Digest of the canonical form: equal for rulesets that differ only in notation.
    package var digest: Digest { Digest.sha256(of: canonicalDocument.json()) }
}

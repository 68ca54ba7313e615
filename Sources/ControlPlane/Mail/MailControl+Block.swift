package import MailRouting

extension MailControl {
    /// What a blocked sender is told.
    package static let blockedAnswer = "mail from you is not accepted here"

    /// What refusing a sender from the next message on would do: a rule before all others, promoted at once. Reads only.
    ///
    /// - Throws: `ControlPlaneError.refused` while the draft holds anything else, which would come into force with it.
    package func planBlock(of sender: MailSender, in name: String) throws -> MailPlanReview {
        try store.readMail { tx in
            let domain = try Find.mailDomain(name, in: tx)
            let (draft, ruleset) = try draft(of: domain, in: tx)
            let others = try pending(of: domain, in: tx)
            guard others.isEmpty else {
                throw ControlPlaneError(
                    .refused, at: "email rules \(draft.label)",
                    "the draft holds other changes, which would come into force with it: \(others.sentence)",
                    remedy:
                        "signalbox email rule add \(name) \(ShellWord.quoted("--from=\(sender)")) --reject '\(Self.blockedAnswer)' --first",
                    details: others.text.split(separator: "\n").prefix(10).map { String($0) })
            }
            let edit = MailRulesetEdit.add(try Self.blockingRule(sender, in: ruleset), .first)
            let edited = try edited(edit, of: domain, in: tx)
            var plan = try review(.promote, edited.draft, edited: edited.after, in: tx)
            plan.edit = edit
            // Whatever it was made from, it holds what is in force.
            plan.staleBase = nil
            return plan
        }
    }

    /// A rule that goes before all others. What is already refused there needs none.
    package static func blockingRule(_ sender: MailSender, in ruleset: MailRuleset) throws -> MailRule {
        let matcher = MailRule.Matcher.sender(sender)
        if let first = ruleset.rules.first, first.matcher == matcher, first.enabled, first.action.kind == .reject {
            throw ControlPlaneError(
                .exists, at: "email rule \(ruleset.domain)/\(first.ref)", "it stands first already",
                remedy: "signalbox email rule list \(ruleset.domain)")
        }
        return MailRule(ref: ref(for: matcher, in: ruleset), matcher: matcher, action: .reject(blockedAnswer))
    }

    /// What the draft of a domain changes of what is in force; empty also where there is no draft.
    package func pending(of name: String) throws -> MailRulesetDiff {
        try store.readMail { try pending(of: try Find.mailDomain(name, in: $0), in: $0) }
    }

    private func pending(of domain: MailDomain, in tx: any MailReading) throws -> MailRulesetDiff {
        let (_, ruleset) = try draft(of: domain, in: tx)
        let live = try tx.mailVersions(of: domain.name).first { $0.number == domain.live }
        let inForce = try live.map { try MailRulesetStorage.read($0, in: tx) } ?? MailRuleset(domain: domain.name)
        return MailRulesetDiff(from: inForce, to: ruleset)
    }
}

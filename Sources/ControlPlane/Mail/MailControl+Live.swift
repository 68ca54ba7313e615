internal import EdgeModel
package import MailRouting

extension MailControl {
    /// The plan in force, from one snapshot of the store.
    ///
    /// - Parameters:
    ///   - shelf: rulesets read before; kept by whoever asks again after every change.
    ///   - previous: what did not change is taken from it.
    package func livePlan(_ shelf: inout MailRulesetShelf, reusing previous: MailPlan = .empty) throws -> MailPlan {
        let (live, verified, lists) = try store.readMail { tx in
            let domains = try tx.mailDomains().filter { $0.enabled && $0.live != nil }
            var labels: Set<String> = []
            let live = try domains.compactMap { domain -> LiveMailDomain? in
                guard let version = try tx.mailVersions(of: domain.name).first(where: { $0.number == domain.live })
                else { return nil }
                labels.insert(version.label)
                return LiveMailDomain(ruleset: try shelf.ruleset(of: version, in: tx), version: version.number)
            }
            shelf.keep(labels)
            let verified = Set(try tx.mailDestinations().filter(\.isVerified).map(\.address.folded))
            return (live, verified, try shelf.lists(of: live.map(\.ruleset), in: tx))
        }
        return try MailPlan(live, verified: verified, lists: lists, reusing: previous)
    }

    package func livePlan() throws -> MailPlan {
        var shelf = MailRulesetShelf()
        return try livePlan(&shelf)
    }

    /// Whether a server has ever followed the log of a mail server for this state: then mail waits for one.
    package func isFollowed() throws -> Bool { try store.mailLedger.position(of: MailLogReader.name) != nil }

    /// The plan as it would be with a version of one domain in force: for explanations and replays before a promotion.
    /// All destinations count as verified there: what is missing is a finding of the plan, not a reason to refuse mail.
    package func plan(with reference: MailVersionReference) throws -> (MailPlan, MailVersion) {
        let (ruleset, version, lists) = try store.readMail { tx in
            let version = try Find.mailVersion(reference, in: tx)
            let ruleset = try MailRulesetStorage.read(version, in: tx)
            var shelf = MailRulesetShelf()
            return (ruleset, version, try shelf.lists(of: [ruleset], in: tx))
        }
        let plan = try MailPlan(
            [LiveMailDomain(ruleset: ruleset, version: version.number)],
            verified: Set(ruleset.liveDestinations.map(\.folded)), lists: lists)
        return (plan, version)
    }
}

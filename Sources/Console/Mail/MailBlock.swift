internal import ControlPlane
internal import EdgeModel
package import MailRouting

extension Operation {
    /// A rule in a draft that holds more, before all others; it counts when the draft is promoted.
    package static func block(_ sender: MailSender, in domain: String, beside others: MailRulesetDiff) -> Operation {
        Operation(
            .blockSender(sender, domain), "block \(sender) in \(domain)",
            words: [
                "email", "rule", "add", domain, "--from=\(sender)", "--reject", MailControl.blockedAnswer, "--first",
            ],
            risk: .ask(
                "The draft of \(domain) holds other changes: \(others.sentence). The rule goes into it, before all others, "
                    + "and refuses mail from \(sender) when the draft is promoted."))
    }

    /// The command that blocks a sender from the next message on, where the draft holds nothing else.
    static func blockWords(_ sender: MailSender, in domain: String) -> [String] {
        let name = "\(sender)"
        return ["email", "block", domain] + (name.hasPrefix("-") ? ["--", name] : [name])
    }

    /// - Returns: what was done, as a sentence.
    static func applyBlock(_ sender: MailSender, _ domain: String, _ plane: ControlPlane) throws -> String {
        guard let store = plane.store as? any MailStore else { throw Problem(at: "email", "this state keeps no mail") }
        let mail = MailControl(store: store, plane: plane)
        let summary = try mail.domain(named: domain)
        let base = try (summary.draft ?? summary.live).map {
            try mail.ruleset(MailVersionReference(domain: domain, selector: .number($0.number)))
        }
        let rule = try MailControl.blockingRule(sender, in: base?.ruleset ?? MailRuleset(domain: domain))
        // Nobody's edit of that draft in between is built upon unseen.
        let outcome = try mail.edit(domain, .add(rule, .first), expected: summary.draft?.digest)
        return "rule \(rule.ref) is in \(outcome.version.label), not in force yet"
    }
}

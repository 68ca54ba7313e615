internal import ControlPlane
internal import EdgeModel
package import MailRouting

extension Operation {
    /// What the sender is told.
    private static let answer = "mail from you is not accepted here"

    /// A rule in the draft, before all others; it counts when the draft is promoted.
    package static func block(_ sender: MailSender, in domain: String) -> Operation {
        Operation(
            .blockSender(sender, domain), "block \(sender) in \(domain)",
            words: ["email", "rule", "add", domain, "--from=\(sender)", "--reject", answer, "--first"],
            risk: .ask(
                "The first rule in the draft of \(domain) will refuse mail from \(sender). It counts from the promotion "
                    + "on: email promote \(domain)"))
    }

    /// - Returns: what was done, as a sentence.
    static func applyBlock(_ sender: MailSender, _ domain: String, _ plane: ControlPlane) throws -> String {
        guard let store = plane.store as? any MailStore else { throw Problem(at: "email", "this state keeps no mail") }
        let mail = MailControl(store: store, plane: plane)
        let summary = try mail.domain(named: domain)
        let base = try (summary.draft ?? summary.live).map {
            try mail.ruleset(MailVersionReference(domain: domain, selector: .number($0.number)))
        }
        let ruleset = base?.ruleset ?? MailRuleset(domain: domain)
        let matcher = MailRule.Matcher.sender(sender)
        if let first = ruleset.rules.first, first.matcher == matcher, first.enabled {
            throw Problem(
                at: "email rule \(domain)/\(first.ref)", "it stands first already",
                remedy: "signalbox email promote \(domain)")
        }
        let ref = MailControl.ref(for: matcher, in: ruleset)
        let rule = MailRule(ref: ref, matcher: matcher, action: .reject(answer))
        // Nobody's edit of that draft in between is built upon unseen.
        let outcome = try mail.edit(domain, .add(rule, .first), expected: summary.draft?.digest)
        return "rule \(ref) is in \(outcome.version.label), not in force yet"
    }
}

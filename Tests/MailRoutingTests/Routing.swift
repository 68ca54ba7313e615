import DocumentText
import EdgeModel
import EdgePlan
import MailRouting
import RulesLanguage
import Testing

/// Shorthand for tests: rules as people write them, decisions in a word.
enum Routing {
    static let now = Timestamp(milliseconds: 1_795_260_600_000)

    static func ruleset(_ yaml: String, domain: String = "example.com") throws -> MailRuleset {
        let (ruleset, findings) = MailRuleset.read(try DocumentText.read(yaml), domain: domain)
        return try #require(ruleset, "\(findings)")
    }

    static func findings(_ yaml: String, domain: String = "example.com") throws -> [Finding] {
        MailRuleset.read(try DocumentText.read(yaml), domain: domain).1
    }

    /// A plan of one domain whose destinations are all verified.
    static func plan(_ yaml: String, domain: String = "example.com") throws -> MailPlan {
        let ruleset = try ruleset(yaml, domain: domain)
        return try MailPlan(
            [LiveMailDomain(ruleset: ruleset, version: 7)],
            verified: Set(ruleset.liveDestinations.map(\.folded)))
    }

    static func address(_ text: String) throws -> MailAddress { try #require(MailAddress(text), "\(text)") }

    static func envelope(to: String, from: String? = "alice@sender.test", client: String = "192.0.2.1") throws
        -> MailEnvelope
    {
        MailEnvelope(
            clientAddress: IPAddress(client), helo: "c.sender.test", sender: try from.map(address),
            recipient: try address(to), instance: "1.a")
    }

    static func content(
        _ subject: String = "hello", size: Int = 1_000, headers: [MailHeader] = [],
        _ authentication: MailAuthentication = .unknown
    ) -> MailContent {
        MailContent(
            headers: [MailHeader("Subject", subject)] + headers, size: size, authentication: authentication)
    }
}

extension MailPlan {
    /// `forward r-1`, `unknown -`: outcome and rule.
    func word(
        _ to: String, from: String? = "alice@sender.test", _ content: MailContent? = nil, at: Timestamp = Routing.now
    ) throws -> String {
        let decision = decide(try Routing.envelope(to: to, from: from), content: content, at: at)
        return "\(decision.outcome.word.rawValue) \(decision.rule ?? "-")"
    }
}

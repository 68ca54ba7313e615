import DocumentText
import EdgeModel
import EdgePlan
import MailRouting
import Testing

@Suite("Rulesets as documents")
struct RulesetTests {
    private let full = """
        domain: example.com
        subaddressing: true
        sender_rewriting: false
        authentication_server: mx.example.com
        rules:
          - {ref: a, to: Support, action: forward, destinations: [Ops@dest.test, b@dest.test], description: it's ours}
          - {ref: b, from: "@Bad.Example", action: reject, text: go away}
          - {ref: c, if: "mail.size > 10 && mail.to.local eq \\"x\\"", action: tag, header: X-Big, value: "yes"}
          - {ref: d, to: d, action: defer, enabled: false}
          - {ref: e, to: '"odd one"@example.com', action: worker, worker: filter, expires: 2026-12-01T00:00:00Z}
          - {ref: f, to: f, action: observe}
          - {ref: g, to: g, action: drop}
        catch_all: {action: drop, enabled: false}
        """

    @Test func readAndPrintToTheSame() throws {
        let ruleset = try Routing.ruleset(full)
        for document in [ruleset.document, ruleset.canonicalDocument] {
            let (again, findings) = MailRuleset.read(DocumentNode(document), domain: "example.com")
            #expect(findings == [])
            #expect(again?.digest == ruleset.digest)
        }
        #expect(MailRuleset.read(DocumentNode(ruleset.document), domain: "example.com").0 == ruleset)
        let text = DocumentText.yaml(ruleset.document)
        #expect(try Routing.ruleset(text) == ruleset)
        #expect(ruleset.rules[0].condition == "to support@example.com")
    }

    @Test func theDigestIgnoresNotationOnly() throws {
        func digest(_ condition: String) throws -> String {
            try Routing.ruleset("rules: [{ref: a, if: '\(condition)', action: drop}]").digest.rawValue
        }
        #expect(try digest("mail.size > 10") == digest("(mail.size gt 10)"))
        #expect(try digest("mail.size > 10") != digest("mail.size gt 11"))
    }

    @Test(arguments: [
        ("rules: [{to: a, action: drop}]", "missing-key", "rules[0].ref"),
        ("rules: [{ref: A, to: a, action: drop}]", "bad-ref", "rules[0].ref"),
        ("rules: [{ref: catch-all, to: a, action: drop}]", "bad-ref", "rules[0].ref"),
        ("rules: [{ref: a, to: a, action: drop}, {ref: a, to: b, action: drop}]", "duplicate-ref", "rules[1].ref"),
        ("rules: [{ref: a, action: drop}]", "one-matcher", "rules[0].to"),
        ("rules: [{ref: a, to: a, from: b@c.d, action: drop}]", "one-matcher", "rules[0].if"),
        ("rules: [{ref: a, to: a@other.test, action: drop}]", "foreign-address", "rules[0].to"),
        ("rules: [{ref: a, to: 'a b', action: drop}]", "bad-address", "rules[0].to"),
        ("rules: [{ref: a, to: '*', action: drop}]", "", ""),
        ("rules: [{ref: a, from: nobody, action: drop}]", "bad-sender", "rules[0].from"),
        ("rules: [{ref: a, to: a, action: eat}]", "unknown-action", "rules[0].action"),
        ("rules: [{ref: a, to: a}]", "missing-key", "rules[0].action"),
        ("rules: [{ref: a, to: a, action: forward}]", "missing-key", "rules[0].destinations"),
        (
            "rules: [{ref: a, to: a, action: forward, destinations: [b@example.com]}]", "mail-loop",
            "rules[0].destinations"
        ),
        ("rules: [{ref: a, to: a, action: forward, destinations: [x]}]", "bad-address", "rules[0].destinations"),
        ("rules: [{ref: a, to: a, action: reject, text: \"a\\nb\"}]", "bad-text", "rules[0].text"),
        ("rules: [{ref: a, to: a, action: tag, header: Subject, value: x}]", "bad-header", "rules[0].header"),
        (
            "rules: [{ref: a, to: a, action: tag, header: X-A, value: \"x\\r\\nBcc: b\"}]", "bad-header",
            "rules[0].value"
        ),
        ("rules: [{ref: a, to: a, action: worker}]", "missing-key", "rules[0].worker"),
        ("rules: [{ref: a, to: a, action: drop, expires: tomorrow}]", "bad-time", "rules[0].expires"),
        ("rules: [{ref: a, to: a, action: drop, colour: red}]", "unknown-key", "rules[0].colour"),
        ("rules: [{ref: a, if: 'mail.sise eq 1', action: drop}]", "expression.unknown-identifier", "rules[0].if"),
        ("rules: [{ref: a, if: 'http.host eq \"x\"', action: drop}]", "expression.unknown-identifier", "rules[0].if"),
        ("catch_all: {action: observe}", "bad-catch-all", "catch_all.action"),
        ("domain: other.test", "wrong-domain", "domain"),
        ("authentication_server: 'a; spf=pass'", "bad-authentication-server", "authentication_server"),
    ])
    func mistakesAreFoundWhereTheyStand(yaml: String, code: String, place: String) throws {
        let findings = try Routing.findings(yaml)
        if code.isEmpty { return #expect(findings == []) }
        #expect(findings.contains { $0.code == code && $0.place == place }, "\(findings)")
        #expect(MailRuleset.read(try DocumentText.read(yaml), domain: "example.com").0 == nil)
    }

    @Test func disablingADestinationTellsWhichRulesUseIt() throws {
        let ruleset = try Routing.ruleset(full)
        let (without, refs) = ruleset.disabling(destination: try Routing.address("b@dest.test"))
        #expect(refs == ["a"] && without.rules[0].enabled == false && without.rules[1] == ruleset.rules[1])
        #expect(without.disabling(destination: try Routing.address("b@dest.test")).refs == [])
    }
}

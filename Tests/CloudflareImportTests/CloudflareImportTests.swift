import CloudflareImport
import DocumentText
import EdgeModel
import EdgePlan
import RulesLanguage
import TestKit
import Testing

@Suite("Import of real zones")
struct FixtureTests {
    @Test("Report and zone of every fixture", arguments: ImportLab.fixtures)
    func golden(name: String, zone: String) throws {
        let result = ImportLab.run(try ImportLab.documents(name), zone: zone)
        let yaml = DocumentText.yaml(ImportLab.document(result.zone))
        try Golden.check(result.report.text + "\n" + yaml, "\(name).txt")
    }

    @Test("What is imported can be served: nothing enabled is refused", arguments: ImportLab.fixtures)
    func compiles(name: String, zone: String) throws {
        let result = ImportLab.run(try ImportLab.documents(name), zone: zone)
        #expect(ImportLab.errors(in: result.zone) == [])
    }

    @Test("Nothing is missing in the report", arguments: ImportLab.fixtures)
    func complete(name: String, zone: String) throws {
        let documents = try ImportLab.documents(name)
        let report = ImportLab.run(documents, zone: zone).report
        #expect(report.items.count == ImportLab.count(documents.map(\.value)))
        #expect(
            report.items.count
                == report.count(.exact) + report.count(.changed) + report.count(.notExpressible))
    }

    @Test("Whatever the zone does not hold is in the report whole", arguments: ImportLab.fixtures)
    func nothingIsLost(name: String, zone: String) throws {
        let report = ImportLab.run(try ImportLab.documents(name), zone: zone).report
        for item in report.items where item.outcome == .notExpressible {
            #expect(!item.words.isEmpty, "\(item.name): no reason")
            #expect(item.source != nil || !item.becomes.isEmpty, "\(item.name) is gone")
        }
    }

    @Test func everyGoldenHasItsFixture() {
        let orphans = Golden.orphans(known: ImportLab.fixtures.map { "\($0.name).txt" })
        #expect(orphans.isEmpty)
    }

    @Test("The same export gives the same zone and report, in whatever order its files are read")
    func isDeterministic() throws {
        let documents = try ImportLab.documents("shapes")
        let forwards = ImportLab.run(documents, zone: "shop.example")
        #expect(forwards == ImportLab.run(documents, zone: "shop.example"))
        let backwards = ImportLab.run(documents.reversed(), zone: "shop.example")
        #expect(backwards.zone == forwards.zone)
        #expect(Set(backwards.report.items) == Set(forwards.report.items))
    }
}

@Suite("Rules of rulesets")
struct RuleImportTests {
    private func ruleset(_ phase: String, _ rules: String, kind: String = "zone") throws -> CloudflareImport {
        try ImportLab.run(#"{"id": "x", "kind": "\#(kind)", "phase": "\#(phase)", "rules": [\#(rules)]}"#)
    }

    @Test(
        "A challenge is kept with its words, disabled, and is nothing else",
        arguments: [
            "challenge", "js_challenge", "managed_challenge",
        ])
    func challenge(action: String) throws {
        let result = try ruleset(
            "http_request_firewall_custom",
            #"{"ref": "ask", "action": "\#(action)", "expression": "http.host eq \"a\"", "enabled": true}"#)
        let rule = try #require(result.zone.configuration.rules(in: .firewallCustom).first)
        #expect(rule == Rule(ref: "ask", expression: #"http.host eq "a""#, action: action, enabled: false))
        #expect(result.report.items.map(\.outcome) == [.notExpressible])
        #expect(result.report.items[0].becomes == ["disabled rule ask"])
        #expect(result.report.items[0].remedy?.contains("decide") == true)
    }

    @Test("What the edge carries out as written is exact and enabled")
    func exact() throws {
        let result = try ruleset(
            "http_request_firewall_custom",
            #"{"id": "0a", "version": "7", "action": "block", "expression": "(http.host eq \"a\")", "description": ""}"#
        )
        #expect(
            result.zone.configuration.rules(in: .firewallCustom)
                == [Rule(ref: "0a", expression: #"(http.host eq "a")"#, action: "block")])
        #expect(result.report.count(.exact) == 1)
    }

    @Test("An expression that cannot be read is left out, and told with its words")
    func unreadable() throws {
        let result = try ruleset(
            "http_request_firewall_custom", #"{"ref": "r", "action": "block", "expression": "no.such.field eq 1"}"#)
        #expect(result.zone.configuration.ruleCount == 0)
        let item = result.report.items[0]
        #expect(item.outcome == .notExpressible)
        #expect(item.source?["expression"] == .string("no.such.field eq 1"))
        #expect(result.report.text.contains("was: if no.such.field eq 1"))
    }

    @Test("Refs become valid and stay apart")
    func refs() throws {
        let result = try ruleset(
            "http_request_firewall_custom",
            ["old rule", "old-rule", "a,b", "\\u00e4"].map {
                #"{"ref": "\#($0)", "action": "log", "expression": "true"}"#
            }.joined(separator: ","))
        let refs = result.zone.configuration.rules(in: .firewallCustom).map(\.ref)
        #expect(refs == ["old-rule", "old-rule-2", "a-b", "--"])
        #expect(result.report.count(.changed) == 4)
        #expect(ImportLab.errors(in: result.zone) == [])
    }

    @Test("What is not said out loud is not read over: unknown members disable a rule")
    func unknownMember() throws {
        let result = try ruleset(
            "http_request_firewall_custom",
            #"{"ref": "r", "action": "block", "expression": "true", "only_on_mondays": true}"#)
        #expect(result.zone.configuration.rules(in: .firewallCustom).map(\.enabled) == [false])
        #expect(result.report.items[0].words[0].contains("only_on_mondays"))
    }

    @Test(
        "Rate limits come as they are where the edge counts the same, and disabled with the reason where it does not",
        arguments: [
            (#""characteristics": ["ip.src", "cf.colo.id"], "period": 60, "requests_per_period": 9"#, nil),
            (
                #""characteristics": ["cf.bot_management.ja3_hash"], "period": 60, "requests_per_period": 9"#,
                "this edge does not count by 'cf.bot_management.ja3_hash'"
            ),
            (
                #""characteristics": ["ip.src"], "period": 60, "requests_per_period": 9, "score_per_period": 5"#,
                "'score_per_period' is not carried out: this edge counts requests, not scores"
            ),
        ])
    func rateLimits(limit: String, why: String?) throws {
        let result = try ruleset(
            "http_ratelimit",
            #"{"ref": "r", "action": "block", "expression": "true", "ratelimit": {\#(limit), "mitigation_expression": ""}}"#
        )
        let rule = try #require(result.zone.configuration.rules(in: .rateLimit).first)
        #expect(rule.rateLimit?["period"] == .int(60) && rule.parameters == nil)
        #expect(rule.enabled == (why == nil))
        #expect(result.report.items[0].outcome == (why == nil ? .exact : .notExpressible))
        #expect(result.report.items[0].words.contains { $0.contains(why ?? "") } || why == nil)
        #expect(ImportLab.errors(in: result.zone) == [])
    }

    @Test(
        "Settings that turn off what is not here come as they are, others disabled",
        arguments: [
            (#""hotlink_protection": true"#, true), (#""rocket_loader": false, "polish": "off""#, true),
            (#""rocket_loader": true"#, false), (#""ssl": "flexible""#, false),
        ])
    func settings(parameters: String, enabled: Bool) throws {
        let result = try ruleset(
            "http_config_settings",
            #"{"ref": "r", "action": "set_config", "expression": "true", "action_parameters": {\#(parameters)}}"#)
        #expect(result.zone.configuration.rules(in: .configSettings).map(\.enabled) == [enabled])
        #expect(result.report.items[0].outcome == (enabled ? .exact : .notExpressible))
    }

    @Test("A port for every host is one rule for each origin")
    func portOfEveryOrigin() throws {
        let result = try ImportLab.run(
            """
            {"dns_records": [{"type": "A", "name": "shop.example", "content": "192.0.2.1", "proxied": true},
              {"type": "A", "name": "b.shop.example", "content": "192.0.2.2", "proxied": true}],
             "rulesets": [{"kind": "zone", "phase": "http_request_origin", "rules": [{"ref": "port", "action": "route",
               "expression": "ssl", "action_parameters": {"origin": {"port": 8443}}}]}]}
            """)
        let rules = result.zone.configuration.rules(in: .origin)
        #expect(rules.map(\.ref) == ["host-b-shop-example", "port", "port-b-shop-example"])
        #expect(rules[2].expression == #"(ssl) and (http.host eq "b.shop.example")"#)
        #expect(
            rules[2].parameters?["origin"]
                == .object(["host": .string("b-shop-example"), "port": .int(8443)]))
        #expect(ImportLab.errors(in: result.zone) == [])
    }

    @Test("A wildcard host's rule does not take what a name's own rule says")
    func portOfWildcard() throws {
        let result = try ImportLab.run(
            """
            {"dns_records": [{"type": "A", "name": "shop.example", "content": "192.0.2.1", "proxied": true},
              {"type": "A", "name": "*.shop.example", "content": "192.0.2.2", "proxied": true},
              {"type": "A", "name": "b.shop.example", "content": "192.0.2.3", "proxied": true}],
             "rulesets": [{"kind": "zone", "phase": "http_request_origin", "rules": [{"ref": "port", "action": "route",
               "expression": "ssl", "action_parameters": {"origin": {"port": 8443}}}]}]}
            """)
        func last(_ host: String) throws -> DocumentValue? {
            try result.zone.configuration.rules(in: .origin).last {
                try Expression($0.expression).evaluate([.httpHost: .string(host), .ssl: .bool(true)])
            }?.parameters?["origin"]
        }
        for (host, origin) in [
            ("shop.example", "shop-example"), ("b.shop.example", "b-shop-example"),
            ("x.shop.example", "any-shop-example"),
        ] {
            #expect(try last(host) == .object(["host": .string(origin), "port": .int(8443)]), "\(host)")
        }
    }

    @Test("An error of the API is said, not taken for an empty zone")
    func errorAnswer() throws {
        let result = try ImportLab.run(
            #"{"success": false, "errors": [{"code": 10000, "message": "Authentication error"}], "result": null}"#)
        #expect(result.report.notes.contains { $0.contains("Authentication error (10000)") })
    }
}

@Suite("Things that are given more than once")
struct IdentityTests {
    @Test("The same object twice is one thing; two that share an id are two")
    func identity() throws {
        let record = #"{"id": "a", "type": "A", "name": "shop.example", "content": "192.0.2.1", "proxied": true}"#
        let other = #"{"id": "a", "type": "A", "name": "b.shop.example", "content": "192.0.2.2", "proxied": true}"#
        #expect(try ImportLab.run("[\(record), \(record)]").report.items.count == 1)
        #expect(try ImportLab.run("[\(record), \(other)]").zone.hosts == ["b.shop.example", "shop.example"])
    }

    @Test("A listed ruleset is the one that comes with its rules, before or after")
    func listing() throws {
        let listed = #"{"id": "r", "kind": "zone", "phase": "http_request_firewall_custom"}"#
        let whole = String(listed.dropLast()) + #", "rules": [{"ref": "x", "action": "log", "expression": "true"}]}"#
        for text in ["[\(listed), \(whole)]", "[\(whole), \(listed)]"] {
            let result = try ImportLab.run(text)
            #expect(result.report.items.map(\.name) == ["x"])
        }
    }
}

@Suite("Zone settings")
struct SettingTests {
    private func setting(_ id: String, _ value: String) throws -> CloudflareImport {
        try ImportLab.run(
            #"[{"id": "\#(id)", "value": \#(value)}, {"type": "A", "name": "shop.example", "content": "192.0.2.1", "proxied": true}]"#
        )
    }

    @Test(
        "The mode of TLS says how origins are reached",
        arguments: [
            ("off", 80, nil), ("flexible", 80, nil), ("full", 443, false), ("strict", 443, true),
            ("origin_pull", 443, true),
        ])
    func mode(value: String, port: Int, verify: Bool?) throws {
        let origin = try #require(try setting("ssl", #""\#(value)""#).zone.configuration.origins.first)
        #expect(origin.endpoints.map(\.port) == [port])
        #expect(origin.tls?.verify == verify)
    }

    @Test("Strict transport security becomes a header of responses over TLS, when it is on")
    func strictTransport() throws {
        let value =
            #"{"strict_transport_security": {"enabled": true, "max_age": 60, "preload": true, "nosniff": true}}"#
        let on = try setting("security_header", value)
        let rule = try #require(on.zone.configuration.rules(in: .responseHeadersTransform).first)
        #expect(rule.expression == "ssl")
        #expect(
            rule.parameters?["headers"]?["strict-transport-security"]?["value"] == .string("max-age=60; preload"))
        #expect(ImportLab.errors(in: on.zone) == [])
        let off = try setting("security_header", value.replacing("true, \"max_age", with: "false, \"max_age"))
        #expect(off.zone.configuration.ruleCount == 0)
        #expect(off.report.items.first { $0.kind == .setting }?.outcome == .exact)
    }

    @Test("A setting that is off asks for nothing; one that is on and unknown is told")
    func others() throws {
        #expect(try setting("rocket_loader", #""off""#).report.count(.notExpressible) == 0)
        #expect(try setting("rocket_loader", #""on""#).report.count(.notExpressible) == 1)
    }
}

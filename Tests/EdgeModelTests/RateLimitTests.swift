import EdgeModel
import EdgePlan
import Testing

@Suite("Rate limits and settings in documents")
struct RateLimitTests {
    private func read(_ phase: Phase, _ members: KeyValuePairs<String, DocumentValue>) throws -> (Rule, [Finding]) {
        let rule: DocumentValue = .object(
            [DocumentMember("ref", .string("r")), DocumentMember("expression", .string("ssl"))]
                + members.map { DocumentMember($0.key, $0.value) })
        let document: DocumentValue = .object([
            "zone": .string("example.com"),
            "rules": .object([DocumentMember(phase.rawValue, .array([rule]))]),
        ])
        let (zone, findings) = ZoneDocument.read(DocumentNode(document))
        return (try #require(zone?.configuration.rules(in: phase).first), findings)
    }

    private func compile(_ rule: Rule, in phase: Phase) -> (ActionPlan?, [Finding]) {
        let configuration = Configuration(rules: [phase: [rule]])
        var compiler = ConfigurationCompiler(
            EdgeSnapshot.Content(
                id: ConfigurationID(rawValue: 1), digest: configuration.digest, application: nil, version: nil,
                configuration: configuration))
        let plan = compiler.compile().phases.first?.rules.first?.action
        return (plan, compiler.findings.filter { $0.code != "no-default-origin" })
    }

    private static func limit(_ more: KeyValuePairs<String, DocumentValue> = [:]) -> DocumentValue {
        let base: KeyValuePairs<String, DocumentValue> = [
            "characteristics": .array([.string("ip.src")]), "period": .int(60), "requests_per_period": .int(9),
        ]
        let changed = more.map(\.key)
        return .object(
            base.filter { !changed.contains($0.key) }.map { DocumentMember($0.key, $0.value) }
                + more.filter { $0.value != .null }.map { DocumentMember($0.key, $0.value) })
    }

    @Test("A limit in Cloudflare's shape is carried out, and comes back as it was written")
    func wholeLimit() throws {
        let written = Self.limit([
            "characteristics": .array(
                [
                    "ip.src", "cf.colo.id", "http.request.headers[\"X-Key\"]", "http.request.cookies[\"sid\"]",
                    "http.host",
                ]
                .map { .string($0) }),
            "counting_expression": .string("http.response.code eq 401"), "mitigation_timeout": .int(600),
            "requests_to_origin": .bool(true),
        ])
        let answer: DocumentValue = .object([
            "response": .object([
                "status_code": .int(420), "content_type": .string("text/html"), "content": .string("<p>"),
            ])
        ])
        let (rule, findings) = try read(
            .rateLimit, ["action": .string("block"), "action_parameters": answer, "ratelimit": written])
        #expect(findings.isEmpty)
        let document = Configuration(rules: [.rateLimit: [rule]]).document["rules"]?["http_ratelimit"]
        guard case .array(let rules)? = document else { throw Missing() }
        #expect(rules[0]["ratelimit"] == written.sorted && rules[0]["action_parameters"] == answer.sorted)
        let (plan, problems) = compile(rule, in: .rateLimit)
        guard case .limit(let limit)? = plan else { throw Missing() }
        #expect(limit.characteristics == [.client, .header("x-key"), .cookie("sid"), .host])
        #expect(limit.period == 60 && limit.requests == 9 && limit.mitigation == 600)
        #expect(limit.counting?.atResponse == true)
        #expect(limit.answer == LimitAnswerPlan(status: 420, contentType: "text/html", body: "<p>"))
        #expect(problems.map(\.severity) == [.info, .info])
        #expect(problems.map(\.place).allSatisfy { $0.contains(".ratelimit.") })
    }

    private struct Missing: Error {}

    @Test("What a limit does not say: 429 in plain text, no mitigation, what matches counts")
    func plainLimit() throws {
        let (block, _) = try read(.rateLimit, ["action": .string("block"), "ratelimit": Self.limit()])
        #expect(
            compile(block, in: .rateLimit).0
                == .limit(
                    LimitPlan(
                        period: 60, requests: 9, characteristics: [.client],
                        answer: .init(status: 429, contentType: "text/plain", body: "too many requests\n"))))
        let (log, _) = try read(.rateLimit, ["action": .string("log"), "ratelimit": Self.limit()])
        #expect(
            compile(log, in: .rateLimit).0
                == .limit(LimitPlan(period: 60, requests: 9, characteristics: [.client], answer: nil)))
    }

    @Test(
        "What is not carried out is an error at its place",
        arguments: [
            (Self.limit(["characteristics": .array([.string("cf.bot_management.ja3_hash")])]), "characteristics[0]"),
            (Self.limit(["characteristics": .array([.string("http.request.headers[\"a b\"]")])]), "characteristics[0]"),
            (Self.limit(["characteristics": .null]), "characteristics"),
            (Self.limit(["characteristics": .array([.string("ip.src"), .string("ip.src")])]), "characteristics[1]"),
            (Self.limit(["period": .int(0)]), "period"), (Self.limit(["period": .null]), "period"),
            (Self.limit(["requests_per_period": .int(1_000_001)]), "requests_per_period"),
            (Self.limit(["mitigation_timeout": .int(-1)]), "mitigation_timeout"),
            (Self.limit(["score_per_period": .int(4)]), "score_per_period"),
            (Self.limit(["score_response_header_name": .string("x")]), "score_response_header_name"),
            (Self.limit(["mitigation_expression": .string("ssl")]), "mitigation_expression"),
            (Self.limit(["counting_expression": .string("http.hots eq 1")]), "counting_expression"),
            (Self.limit(["counting_expression": .string("cf.threat_score gt 1")]), "counting_expression"),
            (Self.limit(["request_per_period": .int(4)]), "request_per_period"),
        ])
    func refused(limit: DocumentValue, place: String) throws {
        let (rule, _) = try read(.rateLimit, ["action": .string("block"), "ratelimit": limit])
        let (plan, findings) = compile(rule, in: .rateLimit)
        #expect(plan == nil)
        let errors = findings.filter { $0.severity == .error }
        #expect(errors.count == 1 && errors[0].place.hasSuffix(".ratelimit." + place), "\(errors)")
    }

    @Test("A status outside 400 to 499, a limit without 'ratelimit' and one in another phase are errors")
    func misplaced() throws {
        let answer: DocumentValue = .object(["response": .object(["status_code": .int(503)])])
        let (status, _) = try read(
            .rateLimit, ["action": .string("block"), "action_parameters": answer, "ratelimit": Self.limit()])
        #expect(compile(status, in: .rateLimit).1.map(\.code) == ["out-of-range"])
        let (none, _) = try read(.rateLimit, ["action": .string("block")])
        #expect(compile(none, in: .rateLimit).1.map(\.code) == ["missing-key"])
        let (other, _) = try read(.firewallCustom, ["action": .string("block"), "ratelimit": Self.limit()])
        #expect(compile(other, in: .firewallCustom).1.map(\.code) == ["not-carried-out"])
        let (text, findings) = try read(.rateLimit, ["action": .string("log"), "ratelimit": .string("9 a minute")])
        #expect(text.action == "log" && findings.map(\.code) == ["wrong-type"])
    }

    @Test("Spelled-out defaults and the order of characteristics are no difference, a number is one")
    func differences() throws {
        let both = Self.limit(["characteristics": .array([.string("http.host"), .string("ip.src")])])
        let other = Self.limit([
            "characteristics": .array([.string("ip.src"), .string("http.host")]), "counting_expression": .string(""),
            "mitigation_timeout": .int(0), "requests_to_origin": .bool(false),
        ])
        let more = Self.limit([
            "characteristics": .array([.string("ip.src"), .string("http.host")]), "requests_per_period": .int(10),
        ])
        func configuration(_ limit: DocumentValue) -> Configuration {
            Configuration(
                rules: [.rateLimit: [Rule(ref: "r", expression: "ssl", action: "block", rateLimit: limit.sorted)]])
        }
        #expect(configuration(both).digest == configuration(other).digest)
        #expect(ConfigurationDiff(from: configuration(both), to: configuration(other)).isEmpty)
        #expect(configuration(both).digest != configuration(more).digest)
        let changes = ConfigurationDiff(from: configuration(both), to: configuration(more)).phases.flatMap(\.changes)
        #expect(
            changes == [
                .modified(
                    ref: "r", [FieldChange(field: "ratelimit.requests_per_period", old: "9", new: "10")], moved: nil)
            ])
        let added = ConfigurationDiff(from: Configuration(), to: configuration(both)).text
        #expect(added.contains(#"ratelimit {"characteristics":["http.host","ip.src"],"period":60"#))
    }

    @Test("Settings: protection against hotlinks is carried out")
    func hotlinks() throws {
        for isOn in [true, false] {
            let (rule, _) = try read(
                .configSettings,
                [
                    "action": .string("set_config"),
                    "action_parameters": .object(["hotlink_protection": .bool(isOn)]),
                ])
            let (plan, findings) = compile(rule, in: .configSettings)
            #expect(plan == .configure(hotlinkProtection: isOn) && findings.isEmpty)
        }
    }

    @Test(
        "Settings that turn off what is not here are said to change nothing; all others are errors",
        arguments: [
            ("rocket_loader", DocumentValue.bool(false), DocumentValue.bool(true)),
            ("email_obfuscation", .bool(false), .bool(true)), ("mirage", .bool(false), .bool(true)),
            ("fonts", .bool(false), .bool(true)), ("bic", .bool(false), .bool(true)),
            ("sxg", .bool(false), .bool(true)),
            ("automatic_https_rewrites", .bool(false), .bool(true)), ("content_converter", .bool(false), .bool(true)),
            ("opportunistic_encryption", .bool(false), .bool(true)),
            ("server_side_excludes", .bool(false), .bool(true)),
            ("redirects_for_ai_training", .bool(false), .bool(true)),
            ("disable_apps", .bool(true), .bool(false)), ("disable_rum", .bool(true), .bool(false)),
            ("disable_zaraz", .bool(true), .bool(false)), ("polish", .string("off"), .string("webp")),
            ("request_body_buffering", .string("none"), .string("full")),
            ("response_body_buffering", .string("none"), .string("standard")),
            ("security_level", .string("essentially_off"), .string("under_attack")),
            (
                "autominify", .object(["css": .bool(false), "js": .bool(false)]),
                .object(["css": .bool(false), "js": .bool(true)])
            ),
        ])
    func withoutEffect(key: String, off: DocumentValue, on: DocumentValue) throws {
        for (value, isAccepted) in [(off, true), (on, false)] {
            let (rule, _) = try read(
                .configSettings,
                ["action": .string("set_config"), "action_parameters": .object([DocumentMember(key, value)])])
            let (plan, findings) = compile(rule, in: .configSettings)
            #expect(plan == (isAccepted ? .configure(hotlinkProtection: nil) : nil))
            #expect(findings.map(\.severity) == [isAccepted ? .info : .error])
            #expect(findings.allSatisfy { $0.place.hasSuffix("action_parameters.\(key)") && $0.message.contains(key) })
        }
    }

    @Test("How origins are reached is theirs to say", arguments: ["off", "flexible", "full", "strict", "origin_pull"])
    func encryption(mode: String) throws {
        let (rule, _) = try read(
            .configSettings,
            ["action": .string("set_config"), "action_parameters": .object(["ssl": .string(mode)])])
        let (plan, findings) = compile(rule, in: .configSettings)
        #expect(plan == nil && findings.map(\.severity) == [.error])
        #expect(findings[0].message.contains("ssl: \(mode)"))
    }
}

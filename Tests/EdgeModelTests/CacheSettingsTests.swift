import EdgeModel
import EdgePlan
import FoundationEssentials
import Testing

@Suite("Cache settings in documents")
struct CacheSettingsTests {
    /// A rule with these parameters, as JSON; what it becomes in a plan; findings without their severity.
    private func read(_ parameters: String) throws -> (Rule, [CacheSettingPlan], [String]) {
        let parameters = try JSONDecoder().decode(DocumentValue.self, from: Data(parameters.utf8))
        let rule: DocumentValue = .object([
            "ref": .string("r"), "expression": .string("ssl"), "action": .string("set_cache_settings"),
            "action_parameters": parameters,
        ])
        let document: DocumentValue = .object([
            "zone": .string("example.com"),
            "rules": .object([DocumentMember(Phase.cacheSettings.rawValue, .array([rule]))]),
        ])
        let configuration = try #require(ZoneDocument.read(DocumentNode(document)).0?.configuration)
        var compiler = ConfigurationCompiler(
            EdgeSnapshot.Content(
                id: ConfigurationID(rawValue: 1), digest: configuration.digest, application: nil, version: nil,
                configuration: configuration))
        var settings: [CacheSettingPlan] = []
        if case .cache(let list)? = compiler.compile().phases.first?.rules.first?.action { settings = list }
        let findings = compiler.findings.compactMap { finding -> String? in
            guard let place = finding.place.firstRange(of: "action_parameters.") else { return nil }
            return "\(finding.place[place.upperBound...]): " + finding.message.replacing("rule 'r': ", with: "")
        }
        return (try #require(configuration.rules(in: .cacheSettings).first), settings, findings)
    }

    @Test("Every setting enters the plan, and comes back as it was written")
    func whole() throws {
        let text = """
            {"browser_ttl":{"mode":"respect_origin"},"cache":true,"cache_key":{"cache_by_device_type":true,\
            "custom_key":{"cookie":{"include":["a","b"]},"header":{"contains":{"accept":["webp"]}},\
            "query_string":{"exclude":{"list":["utm"]}},"user":{"geo":false}}},\
            "edge_ttl":{"default":60,"mode":"override_origin","status_code_ttl":[{"status_code":404,"value":5},\
            {"status_code_range":{"from":500,"to":599},"value":-1}]},\
            "serve_stale":{"disable_stale_while_updating":true}}
            """
        let (rule, settings, findings) = try read(text)
        #expect(findings == [])
        let key = try #require(text.firstRange(of: "{\"cache_by_device_type")).lowerBound
        let keyText = String(text[key..<(try #require(text.firstRange(of: ",\"edge_ttl"))).lowerBound])
        #expect(
            settings == [
                .eligible(true), .edgeTTL(60), .statusTTL(first: 404, last: 404, seconds: 5),
                .statusTTL(first: 500, last: 599, seconds: -1), .browserTTL(CacheSettingPlan.asOrigin),
                .staleWhileUpdating(false), .key(keyText),
            ])
        #expect(try written(rule) == text)
    }

    /// The rule's parameters in canonical form.
    private func written(_ rule: Rule) throws -> String? {
        let document = Configuration(rules: [.cacheSettings: [rule]]).document["rules"]?[Phase.cacheSettings.rawValue]
        guard case .array(let rules)? = document else { throw Missing() }
        return rules[0]["action_parameters"]?.sorted.json()
    }

    struct Missing: Error {}

    @Test(
        "Older exports say the same in other words",
        arguments: [
            (
                #"{"cache_key":{"custom_key":{"query_string":{"include":[],"exclude":"*"}}}}"#,
                #"{"custom_key":{"query_string":{"exclude":{"all":true}}}}"#
            ),
            (
                #"{"cache_key":{"custom_key":{"query_string":{"include":["b","a"]},"header":{}}}}"#,
                #"{"custom_key":{"query_string":{"include":{"list":["b","a"]}}}}"#
            ),
        ])
    func olderKeys(written: String, key: String) throws {
        let (_, settings, findings) = try read(written)
        #expect(settings == [.key(key)] && findings == [])
    }

    @Test("Only what the origin gives a lifetime is kept")
    func bypassByDefault() throws {
        let text = #"{"edge_ttl":{"mode":"bypass_by_default"}}"#
        let (rule, settings, findings) = try read(text)
        #expect(settings == [.edgeTTL(CacheSettingPlan.asOriginOrNone)] && findings == [])
        #expect(try written(rule) == text)
    }

    @Test(
        "What the edge does anyway may be said, and takes no place in the plan",
        arguments: [
            #"{"respect_strong_etags":true}"#, #"{"respect_strong_etags":false}"#,
            #"{"origin_cache_control":true,"origin_error_page_passthru":true}"#,
        ])
    func given(parameters: String) throws {
        let (rule, settings, findings) = try read(parameters)
        #expect(settings == [] && findings == [])
        #expect(try written(rule) == parameters)
    }

    @Test("A range may be open at one end, and leaves the rest to the origin")
    func openRange() throws {
        let (_, settings, findings) = try read(
            #"{"edge_ttl":{"mode":"respect_origin","status_code_ttl":[{"status_code_range":{"from":500},"value":0}]}}"#)
        #expect(findings == [])
        #expect(
            settings == [.edgeTTL(CacheSettingPlan.asOrigin), .statusTTL(first: 500, last: 999, seconds: 0)])
    }

    @Test(
        "What cannot be meant is named with its place",
        arguments: [
            ("{}", "cache: cache settings need"),
            (#"{"cache_key":{}}"#, "cache_key: a cache key says by what"),
            (#"{"cache_key":{"by_device":true}}"#, "cache_key.by_device: unknown key"),
            (#"{"cache_key":{"custom_key":{"user":{"geo":"yes"}}}}"#, "cache_key.custom_key.user.geo: expected true"),
            (
                #"{"cache_key":{"custom_key":{"query_string":{"include":{"all":true,"list":["a"]}}}}}"#,
                "cache_key.custom_key.query_string.include.all: write 'all: true', or"
            ),
            (#"{"serve_stale":{}}"#, "serve_stale.disable_stale_while_updating: serve_stale needs"),
            (#"{"browser_ttl":{"mode":"bypass_by_default"}}"#, "browser_ttl.mode: mode 'bypass_by_default' is not"),
            (
                #"{"edge_ttl":{"mode":"bypass_by_default","default":1}}"#,
                "edge_ttl.default: bypass_by_default leaves the lifetime"
            ),
            (#"{"origin_error_page_passthru":false}"#, "origin_error_page_passthru: the origin's error pages always"),
            (#"{"origin_cache_control":false}"#, "origin_cache_control: the origin's Cache-Control always"),
            (#"{"respect_strong_etags":"yes"}"#, "respect_strong_etags: expected true"),
            (
                #"{"browser_ttl":{"mode":"respect_origin","status_code_ttl":[]}}"#,
                "browser_ttl.status_code_ttl: unknown"
            ),
            (
                #"{"edge_ttl":{"mode":"respect_origin","status_code_ttl":[{"value":1}]}}"#,
                "edge_ttl.status_code_ttl[0].status_code: name 'status_code' or"
            ),
            (
                #"{"edge_ttl":{"mode":"respect_origin","status_code_ttl":[{"status_code":99,"value":1}]}}"#,
                "edge_ttl.status_code_ttl[0].status_code: 99 is outside"
            ),
            (
                #"{"edge_ttl":{"mode":"respect_origin","status_code_ttl":[{"status_code":404}]}}"#,
                "edge_ttl.status_code_ttl[0].value: a lifetime for a status needs"
            ),
            (
                #"{"edge_ttl":{"mode":"respect_origin","status_code_ttl":[{"status_code_range":{"from":9,"to":1},"value":1}]}}"#,
                "edge_ttl.status_code_ttl[0].status_code_range.from: 9 is outside"
            ),
            (
                #"{"edge_ttl":{"mode":"respect_origin","status_code_ttl":[{"status_code_range":{"from":500,"to":400},"value":1}]}}"#,
                "edge_ttl.status_code_ttl[0].status_code_range: the range 500 to 400"
            ),
        ])
    func refused(parameters: String, expected: String) throws {
        let (_, _, findings) = try read(parameters)
        #expect(findings.contains { $0.hasPrefix(expected) }, "\(findings)")
    }

    @Test("A key that is too long is none")
    func longKey() throws {
        let names = (0..<500).map { "\"name-\($0)\"" }.joined(separator: ",")
        let (_, _, findings) = try read("{\"cache_key\":{\"custom_key\":{\"cookie\":{\"include\":[\(names)]}}}}")
        #expect(findings.first?.contains("4096 bytes") == true)
    }
}

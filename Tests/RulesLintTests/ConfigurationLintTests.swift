import DocumentText
import EdgeModel
import EdgePlan
import RulesLint
import Testing

/// One kind: rules (in YAML, below `rules:`) that it is found in, rules that nearly are, and the first ones mended.
struct ConfigurationCase: Sendable, CustomTestStringConvertible {
    var kind: LintKind
    var fires: String
    var near: String
    var mended: String

    var testDescription: String { kind.rawValue }

    init(_ kind: LintKind, fires: String, near: String, mended: String) {
        self.kind = kind
        self.fires = fires
        self.near = near
        self.mended = mended
    }

    /// `phase: ref | condition | action | parameters`, one rule a line.
    static let all: [ConfigurationCase] = [
        .init(
            .disabled, fires: "http_request_firewall_custom: off | ssl | block | | disabled",
            near: "http_request_firewall_custom: on | ssl | block |",
            mended: "http_request_firewall_custom: on | ssl | block |"),
        .init(
            .duplicateRule,
            fires: """
                http_request_firewall_custom: one | http.host eq "a" | log |
                http_request_firewall_custom: two | (http.host == "a") | log |
                """,
            near: """
                http_request_firewall_custom: one | http.host eq "a" | log |
                http_request_firewall_custom: two | http.host eq "b" | log |
                """, mended: "http_request_firewall_custom: one | http.host eq \"a\" | log |"),
        .init(
            .unreachable,
            fires: """
                http_request_firewall_custom: wide | ip.src in {10.0.0.0/8} or ssl | block |
                http_request_firewall_custom: narrow | ip.src in {10.1.0.0/16} and http.host eq "a" | log |
                """,
            near: """
                http_request_firewall_custom: wide | ip.src in {10.0.0.0/8} | log |
                http_request_firewall_custom: narrow | ip.src in {10.1.0.0/16} and http.host eq "a" | log |
                """,
            mended: """
                http_request_firewall_custom: narrow | ip.src in {10.1.0.0/16} and http.host eq "a" | log |
                http_request_firewall_custom: wide | ip.src in {10.0.0.0/8} or ssl | block |
                """),
        .init(
            .unreachable,
            fires: """
                http_request_dynamic_redirect: all | true | redirect | {from_value: {target_url: {value: https://x.example/}}}
                http_request_dynamic_redirect: some | http.host eq "a" | redirect | {from_value: {target_url: {value: https://y.example/}}}
                """,
            near: """
                http_request_dynamic_redirect: all | not http.host eq "a" | redirect | {from_value: {target_url: {value: https://x.example/}}}
                http_request_dynamic_redirect: some | http.host eq "a" | redirect | {from_value: {target_url: {value: https://y.example/}}}
                """,
            mended: """
                http_request_dynamic_redirect: some | http.host eq "a" | redirect | {from_value: {target_url: {value: https://y.example/}}}
                http_request_dynamic_redirect: all | true | redirect | {from_value: {target_url: {value: https://x.example/}}}
                """),
        .init(
            .overwritten,
            fires: """
                http_request_origin: narrow | http.host eq "a" and ssl | route | {host_header: a.example}
                http_request_origin: wide | http.host eq "a" | route | {host_header: b.example}
                """,
            near: """
                http_request_origin: wide | http.host eq "a" | route | {host_header: b.example}
                http_request_origin: narrow | http.host eq "a" and ssl | route | {host_header: a.example}
                """,
            mended: "http_request_origin: wide | http.host eq \"a\" | route | {host_header: b.example}"),
        .init(
            .conflictingCache,
            fires: """
                http_request_cache_settings: yes | starts_with(http.request.uri.path, "/a") | set_cache_settings | {cache: true}
                http_request_cache_settings: no | ends_with(http.request.uri.path, ".php") | set_cache_settings | {cache: false}
                """,
            near: """
                http_request_cache_settings: yes | http.request.uri.path eq "/a" | set_cache_settings | {cache: true}
                http_request_cache_settings: no | ends_with(http.request.uri.path, ".php") | set_cache_settings | {cache: false}
                """,
            mended: """
                http_request_cache_settings: yes | starts_with(http.request.uri.path, "/a") and not ends_with(http.request.uri.path, ".php") | set_cache_settings | {cache: true}
                http_request_cache_settings: no | ends_with(http.request.uri.path, ".php") | set_cache_settings | {cache: false}
                """),
        .init(
            .redirectLoop,
            fires:
                #"http_request_dynamic_redirect: old | starts_with(http.request.uri.path, "/old") | redirect | {from_value: {target_url: {value: /old/new}}}"#,
            near:
                #"http_request_dynamic_redirect: old | starts_with(http.request.uri.path, "/old") | redirect | {from_value: {target_url: {value: /new}}}"#,
            mended:
                #"http_request_dynamic_redirect: old | starts_with(http.request.uri.path, "/old") and http.request.uri.path ne "/old/new" | redirect | {from_value: {target_url: {value: /old/new}}}"#
        ),
        .init(
            .redirectLoop,
            fires:
                #"http_request_dynamic_redirect: go | true | redirect | {from_value: {target_url: {value: "https://www.zone.example/"}}}"#,
            near:
                #"http_request_dynamic_redirect: go | true | redirect | {from_value: {target_url: {value: "https://other.example/"}}}"#,
            mended:
                #"http_request_dynamic_redirect: go | http.host ne "www.zone.example" | redirect | {from_value: {target_url: {value: "https://www.zone.example/"}}}"#
        ),
        .init(
            .redirectLoop,
            fires:
                #"http_request_dynamic_redirect: tls | http.host eq "zone.example" | redirect | {from_value: {target_url: {expression: 'concat("https://", http.host, http.request.uri)'}}}"#,
            near:
                #"http_request_dynamic_redirect: tls | not ssl | redirect | {from_value: {target_url: {expression: 'concat("https://", http.host, http.request.uri)'}}}"#,
            mended:
                #"http_request_dynamic_redirect: tls | http.host eq "zone.example" and not ssl | redirect | {from_value: {target_url: {expression: 'concat("https://", http.host, http.request.uri)'}}}"#
        ),
        .init(
            .redirectToItself,
            fires:
                #"http_request_dynamic_redirect: tls | ssl | redirect | {from_value: {target_url: {expression: 'concat("https://", http.host, http.request.uri)'}}}"#,
            near:
                #"http_request_dynamic_redirect: tls | ssl | redirect | {from_value: {target_url: {expression: 'concat("https://www.", http.host, http.request.uri)'}}}"#,
            mended:
                #"http_request_dynamic_redirect: tls | not ssl | redirect | {from_value: {target_url: {expression: 'concat("https://", http.host, http.request.uri)'}}}"#
        ),
        .init(
            .insecureRedirect,
            fires:
                #"http_request_dynamic_redirect: go | ssl | redirect | {from_value: {target_url: {value: "http://other.example/"}}}"#,
            near:
                #"http_request_dynamic_redirect: go | ssl | redirect | {from_value: {target_url: {value: "/http://"}}}"#,
            mended:
                #"http_request_dynamic_redirect: go | ssl | redirect | {from_value: {target_url: {value: "https://other.example/"}}}"#
        ),
        .init(
            .skipWithoutEffect,
            fires: """
                http_request_firewall_custom: block | ssl | block |
                http_request_firewall_custom: skip | http.host eq "a" | skip | {ruleset: current}
                """,
            near: """
                http_request_firewall_custom: skip | http.host eq "a" | skip | {ruleset: current}
                http_request_firewall_custom: block | ssl | block |
                """,
            mended: "http_request_firewall_custom: block | ssl | block |"),
    ]
}

@Suite("Lint of configurations")
struct ConfigurationLintTests {
    private func findings(_ lines: String) throws -> [Finding] {
        var phases: [Phase: [Rule]] = [:]
        for line in lines.split(separator: "\n") {
            let parts = line.split(separator: "|", omittingEmptySubsequences: false).map {
                String($0).trimmed
            }
            let head = parts[0].split(separator: ":").map { String($0).trimmed }
            let phase = try #require(Phase(rawValue: head[0]))
            let parameters = parts[3].isEmpty ? nil : try DocumentText.read(parts[3]).value
            phases[phase, default: []].append(
                Rule(
                    ref: head[1], expression: parts[1], action: parts[2], parameters: parameters,
                    enabled: parts.count < 5))
        }
        return ConfigurationLint.findings(
            Configuration(rules: phases), label: "version shop@1", hosts: ["zone.example", "*.zone.example"])
    }

    @Test(arguments: ConfigurationCase.all)
    func kind(_ example: ConfigurationCase) throws {
        let fired = try findings(example.fires)
        #expect(fired.contains { $0.code == example.kind.rawValue }, "\(fired)")
        let near = try findings(example.near)
        #expect(!near.contains { $0.code == example.kind.rawValue }, "\(near)")
        let mended = try findings(example.mended)
        #expect(!mended.contains { $0.code == example.kind.rawValue }, "\(mended)")
    }

    /// Rules that hold for the same requests and cover nothing do not hide the one behind them that does.
    @Test func aCoverBehindManyThatAreNone() {
        let near = (0..<200).map { Rule(ref: "near-\($0)", expression: "not http.host eq \"h\($0)\"", action: "block") }
        let last = [
            Rule(ref: "wide", expression: "ip.src in {10.0.0.0/8}", action: "block"),
            Rule(ref: "narrow", expression: "ip.src in {10.1.0.0/16} and ssl", action: "log"),
        ]
        let found = ConfigurationLint.findings(Configuration(rules: [.firewallCustom: near + last]), label: "zone a")
        let unreachable = found.filter { $0.code == LintKind.unreachable.rawValue }
        #expect(unreachable.contains { $0.message.contains("'narrow'") }, "\(unreachable.map(\.message))")
    }

    @Test func unusedOrigins() {
        let origins = ["web", "api"].map { Origin(name: $0, endpoints: [.init(address: "127.0.0.1", port: 80)]) }
        func codes(_ rules: [Rule]) -> [String] {
            ConfigurationLint.findings(
                Configuration(
                    origins: origins, settings: [DocumentMember("default_origin", .string("web"))],
                    rules: [.origin: rules]), label: "zone a"
            ).map(\.place)
        }
        #expect(codes([]) == ["zone a: origins.api"])
        let toAPI = Rule(
            ref: "r", expression: "ssl", action: "route",
            parameters: .object(["origin": .object(["host": .string("api")])]))
        #expect(codes([toAPI]) == [])
    }

    @Test("What a rate limit counts is looked at too, and may ask for the response")
    func counting() throws {
        func places(_ counting: String) -> [String] {
            let limit: DocumentValue = .object([
                "characteristics": .array([.string("ip.src")]), "period": .int(60), "requests_per_period": .int(5),
                "counting_expression": .string(counting),
            ])
            let rule = Rule(
                ref: "r", expression: #"http.request.uri.path eq "/login""#, action: "block", rateLimit: limit)
            return ConfigurationLint.findings(Configuration(rules: [.rateLimit: [rule]]), label: "zone a").map {
                "\($0.code) \($0.place)"
            }
        }
        let place = "zone a: rules.http_ratelimit[0].ratelimit.counting_expression"
        #expect(places(#"http.request.method eq "post""#) == ["\(LintKind.methodCase.rawValue) \(place)"])
        #expect(places("http.response.code eq 401") == [])
        #expect(places(#"http.response.code lt 100 and http.response.code gt 500"#).contains { $0.hasSuffix(place) })
    }

    @Test("Every kind has a case")
    func complete() {
        let tried =
            Set(ExpressionCase.all.map(\.kind)).union(ConfigurationCase.all.map(\.kind))
            .union([.unusedOrigin, .filterCatchesProduction, .unreachableRoutingRule])
        #expect(Set(LintKind.allCases).subtracting(tried) == [])
        #expect(LintKind.allCases.count >= 25)
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = Substring(self)
        while text.first == " " { text = text.dropFirst() }
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }
}

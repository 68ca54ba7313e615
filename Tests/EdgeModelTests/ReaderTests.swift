import EdgeModel
import EdgePlan
import Testing

@Suite("Reading documents")
struct ReaderTests {
    private func findings(_ value: DocumentValue) -> [Finding] { ZoneDocument.read(DocumentNode(value)).1 }

    private func zone(_ rules: [DocumentValue], phase: Phase = .firewallCustom) -> DocumentValue {
        .object([
            "zone": .string("example.com"),
            "rules": .object([phase.rawValue: .array(rules)].map { DocumentMember($0, $1) }),
        ])
    }

    @Test func everyProblemIsFoundAtOnce() {
        let document: DocumentValue = .object([
            "zone": .string("example.com"), "hosts": .array([.string("a b"), .string("other.org")]),
            "orgins": .object([]),
            "origins": .object([
                "web": .object(["endpoints": .array([.object(["address": .string("x"), "port": .int(70000)])])])
            ]),
            "rules": .object([
                "http_request_transfrom": .array([]),
                "http_request_firewall_custom": .array([
                    .object([
                        "ref": .string("a"), "expression": .string("http.hots eq \"x\""), "action": .string("log"),
                    ]),
                    .object(["ref": .string("a"), "expression": .string("ssl"), "action": .string("log")]),
                    .object(["expression": .string("ssl")]),
                ]),
            ]),
        ])
        let codes = findings(document).map(\.code)
        for code in [
            "bad-host", "foreign-host", "unknown-key", "out-of-range", "unknown-phase", "expression.unknown-identifier",
            "duplicate-ref", "missing-key",
        ] { #expect(codes.contains(code), "\(code) in \(codes)") }
        #expect(findings(document).first { $0.code == "unknown-key" }?.remedy == "did you mean 'origins'?")
    }

    @Test func unknownActionsAreKeptAndNamedWhenCompiled() throws {
        let odd: DocumentValue = .object([
            "ref": .string("odd"), "expression": .string("ssl"), "action": .string("managed_challenge"),
            "action_parameters": .object(["x": .int(1)]),
        ])
        let (document, problems) = ZoneDocument.read(DocumentNode(zone([odd])))
        #expect(problems.isEmpty)
        let configuration = try #require(document).configuration
        #expect(configuration.document["rules"]?[Phase.firewallCustom.rawValue] == .array([odd]))
        var compiler = ConfigurationCompiler(content(configuration))
        #expect(compiler.compile().phases.isEmpty)
        #expect(
            compiler.findings.contains {
                $0.code == "unknown-action" && $0.message.contains("'odd'") && $0.message.contains("managed_challenge")
            })
    }

    @Test(arguments: ["cf.bot_management.score gt 3", "cf.threat_score gt 3", "cf.waf.score lt 20"])
    func fieldsThatTheEdgeNeverFillsAreErrors(_ expression: String) throws {
        let rule: DocumentValue = .object([
            "ref": .string("r"), "expression": .string(expression), "action": .string("block"),
        ])
        for enabled in [true, false] {
            var configuration = try #require(ZoneDocument.read(DocumentNode(zone([rule]))).0).configuration
            configuration.rules[.firewallCustom]?[0].enabled = enabled
            var compiler = ConfigurationCompiler(content(configuration))
            _ = compiler.compile()
            #expect(compiler.findings.contains { $0.code == "field-never-filled" } == enabled)
        }
    }

    private func content(_ configuration: Configuration) -> EdgeSnapshot.Content {
        EdgeSnapshot.Content(
            id: ConfigurationID(rawValue: 1), digest: configuration.digest, application: nil, version: nil,
            configuration: configuration)
    }

    @Test func documentsRoundTrip() throws {
        let rule: DocumentValue = .object([
            "ref": .string("r"), "expression": .string("( ssl )"), "action": .string("block"),
            "action_parameters": .object([
                "response": .object(["content": .string("\u{1b}[31m\n"), "status_code": .int(410)])
            ]),
            "description": .string("ünïcode \u{202e}"), "enabled": .bool(false),
        ])
        let first = try #require(ZoneDocument.read(DocumentNode(zone([rule]))).0)
        let written = ZoneDocument.write(name: first.name, hosts: first.hosts, configuration: first.configuration)
        let second = try #require(ZoneDocument.read(DocumentNode(written)).0)
        #expect(first == second)
        #expect(
            written.json()
                == ZoneDocument.write(name: second.name, hosts: second.hosts, configuration: second.configuration)
                .json())
    }

    @Test(arguments: [
        "2026-11-21T11:30:00Z", "2026-11-21T11:30:00.250Z", "1969-12-31T23:59:59.999Z", "2000-02-29T00:00:00Z",
    ])
    func timesRoundTrip(_ text: String) throws { #expect(try #require(Timestamp(rfc3339: text)).description == text) }

    @Test func offsetsAreResolvedAndNonsenseRefused() {
        #expect(Timestamp(rfc3339: "2026-11-21T12:30:00+01:00")?.description == "2026-11-21T11:30:00Z")
        for bad in [
            "2026-11-21", "2026-13-21T11:30:00Z", "2026-11-21T11:30:00", "2026-11-21T11:30:00.Z", "x",
            "2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00+01:00",
        ] {
            #expect(Timestamp(rfc3339: bad) == nil, "\(bad)")
        }
    }

    @Test func listenAddressesAreAddresses() {
        for text in [
            "127.0.0.1:80", "https://[::1]:8443", "http+proxy://10.0.0.1:1", "https+proxy://[2001:db8::1]:65535",
        ] {
            #expect(ListenAddress(text)?.description == text)
        }
        for bad in [
            "127.0.0.1", "127.0.0.1:0", "127.0.0.1:+80", "127.0.0.1:65536", "999.0.0.1:80", "1..2.3.4:80", "[:]:80",
            "[::1::]:80", "::1:80", "ftp://1.2.3.4:80", "a:80", "1.2.3:80",
        ] { #expect(ListenAddress(bad) == nil, "\(bad)") }
    }

    @Test func versionsAreCountedInDigits() {
        #expect(VersionReference("shop@-2")?.selector == .before(2))
        for bad in ["shop@-+2", "shop@--2", "shop@0", "shop@-0", "shop@", "shop@-"] {
            #expect(VersionReference(bad) == nil, "\(bad)")
        }
    }

    @Test func namesAreCheckedAndFolded() {
        #expect(ResourceName(rawValue: "Shop-EU")?.rawValue == "shop-eu")
        for bad in ["", "-a", "a-", "12", "latest", "a_b", "a b", "é", String(repeating: "a", count: 64)] {
            #expect(ResourceName(rawValue: bad) == nil, "\(bad)")
        }
    }
}

import EdgeModel
import EdgePlan
import RulesLanguage
import RulesLint
import Testing

/// One kind: an expression that it is found in, one that nearly is, and the first one mended.
struct ExpressionCase: Sendable, CustomTestStringConvertible {
    var kind: LintKind
    var fires: String
    var near: String
    var mended: String
    var phase: Phase?

    var testDescription: String { "\(kind.rawValue): \(fires)" }

    init(_ kind: LintKind, _ fires: String, near: String, mended: String, in phase: Phase? = nil) {
        self.kind = kind
        self.fires = fires
        self.near = near
        self.mended = mended
        self.phase = phase
    }

    static let all: [ExpressionCase] = [
        .init(
            .neverMatches, #"http.host eq "a.example" and http.host eq "b.example""#,
            near: #"http.host eq "a.example" and http.referer eq "b.example""#,
            mended: #"http.host in {"a.example" "b.example"}"#),
        .init(
            .neverMatches, #"ip.src in {10.0.0.0/8} and ip.src in {192.0.2.0/24}"#,
            near: #"ip.src in {10.0.0.0/8} and ip.src in {10.1.0.0/16}"#,
            mended: #"ip.src in {10.0.0.0/8 192.0.2.0/24}"#),
        .init(
            .alwaysMatches, #"http.host eq "a" or http.host ne "a""#,
            near: #"http.host eq "a" or http.host ne "b" and ssl"#,
            mended: "true"),
        .init(
            .partNeverHolds, #"ssl or (http.request.uri.path eq "/a" and ends_with(http.request.uri.path, "b"))"#,
            near: #"ssl or (http.request.uri.path eq "/a" and ends_with(http.request.uri.path, "a"))"#, mended: "ssl"),
        .init(
            .redundantPart, #"starts_with(http.request.uri.path, "/api/") and http.request.uri.path contains "/api""#,
            near: #"starts_with(http.request.uri.path, "/api") and http.request.uri.path contains "/api/""#,
            mended: #"starts_with(http.request.uri.path, "/api/")"#),
        .init(
            .redundantPart, #"http.host eq "a" or (http.host eq "a" and ssl)"#,
            near: #"http.host eq "a" or (http.host eq "b" and ssl)"#,
            mended: #"http.host eq "a""#),
        .init(
            .mixedAndOr, #"ssl and http.host eq "a" or http.host eq "b""#,
            near: #"(ssl and http.host eq "a") or http.host eq "b""#,
            mended: #"ssl and (http.host eq "a" or http.host eq "b")"#),
        .init(
            .mixedNotation, #"http.host eq "a" and http.referer == "b""#,
            near: #"http.host eq "==" and http.referer eq "&& x""#,
            mended: #"http.host eq "a" and http.referer eq "b""#),
        .init(.doubleNegation, "not not ssl", near: #"not (not ssl and http.host eq "a")"#, mended: "ssl"),
        .init(
            .negatedComparison, #"not http.request.headers["x"][0] eq "1""#, near: #"not http.host eq "1""#,
            mended: #"http.request.headers["x"][0] ne "1" or not has_key(http.request.headers, "x")"#),
        .init(
            .manyAlternatives, #"http.host eq "a" or http.host eq "b" or http.host eq "c""#,
            near: #"http.host eq "a" or http.host eq "b""#,
            mended: #"http.host in {"a" "b" "c"}"#),
        .init(
            .duplicateMember, #"http.host in {"a" "b" "a"}"#, near: #"http.host in {"a" "b" "aa"}"#,
            mended: #"http.host in {"a" "b"}"#),
        .init(
            .duplicateMember, "ip.src in {192.0.2.0/24 192.0.2.0..192.0.2.255}",
            near: "ip.src in {192.0.2.0/24 192.0.3.0/24}",
            mended: "ip.src in {192.0.2.0/24}"),
        .init(
            .overlappingMembers, "ip.src in {10.0.0.0/8 10.1.2.3}", near: "ip.src in {10.0.0.0/8 11.1.2.3}",
            mended: "ip.src in {10.0.0.0/8}"),
        .init(
            .overlappingMembers, "cf.edge.server_port in {80..90 85}", near: "cf.edge.server_port in {80..90 91}",
            mended: "cf.edge.server_port in {80..90}"),
        .init(.emptySet, "http.host in {} or ssl", near: #"http.host in {""} or ssl"#, mended: "ssl"),
        .init(
            .methodCase, #"http.request.method in {"get" "POST"}"#, near: #"http.request.method in {"GET" "POST"}"#,
            mended: #"http.request.method in {"GET" "POST"}"#),
        .init(
            .pathWithoutSlash, #"starts_with(http.request.uri.path, "admin")"#,
            near: #"http.request.uri.path contains "admin""#,
            mended: #"starts_with(http.request.uri.path, "/admin")"#),
        .init(
            .queryInPath, #"http.request.uri.path contains "?id=""#, near: #"http.request.uri contains "?id=""#,
            mended: #"http.request.uri.query contains "id=""#),
        .init(
            .headerNameCase, #"any(http.request.headers["X-Debug"][*] eq "1")"#,
            near: #"any(http.request.headers["x-debug"][*] eq "ON")"#,
            mended: #"any(http.request.headers["x-debug"][*] eq "1")"#),
        .init(
            .hostForm, #"http.host eq "https://www.example.com/" or ssl"#,
            near: #"http.referer eq "https://www.example.com/" or ssl"#,
            mended: #"http.host eq "www.example.com" or ssl"#),
        .init(
            .hostForm, #"http.host eq "example.com:8080" or ssl"#, near: #"http.host eq "example.com" or ssl"#,
            mended: #"http.host eq "example.com" or ssl"#),
        .init(
            .extensionForm, #"http.request.uri.path.extension in {".jpg" "png"}"#,
            near: #"http.request.uri.path contains ".jpg""#,
            mended: #"http.request.uri.path.extension in {"jpg" "png"}"#),
        .init(
            .countryForm, #"ip.src.country in {"de" "AT"}"#, near: #"ip.src.country in {"DE" "AT"}"#,
            mended: #"ip.src.country in {"DE" "AT"}"#),
        .init(
            .foldedLiteral, #"lower(http.user_agent) contains "Bot" or ssl"#,
            near: #"http.user_agent contains "Bot" or ssl"#,
            mended: #"lower(http.user_agent) contains "bot" or ssl"#),
        .init(
            .encodedLiteral, #"url_decode(http.request.uri.path) contains "%2e""#,
            near: #"http.request.uri.path contains "%2e""#,
            mended: #"url_decode(http.request.uri.path) contains ".""#),
        .init(.emptyPart, #"http.referer contains "" and ssl"#, near: #"http.referer eq "" and ssl"#, mended: "ssl"),
        .init(
            .numberOutOfRange, "cf.edge.server_port in {443 84433}", near: "cf.edge.server_port in {443 8443}",
            mended: "cf.edge.server_port eq 443"),
        .init(
            .numberOutOfRange, "http.response.code gt 599", near: "http.response.code gt 499",
            mended: "http.response.code ge 500",
            in: .responseHeadersTransform),
        .init(
            .neOnMissing, #"http.request.cookies["a"][0] ne "1""#, near: #"http.cookie ne "a=1""#,
            mended: #"has_key(http.request.cookies, "a")"#),
        .init(
            .regexIsLiteral, #"http.request.uri.path matches "^/api/""#,
            near: #"http.request.uri.path matches "^/api/[0-9]+""#,
            mended: #"starts_with(http.request.uri.path, "/api/")"#),
        .init(
            .regexMatchesAnything, #"http.host matches ".*" and ssl"#, near: #"http.host matches "a.*b" and ssl"#,
            mended: "ssl"),
        .init(
            .unescapedDot, #"http.host matches "^(www|m)\.example.com$""#,
            near: #"http.host matches "^(www|m)\.example\.com$""#,
            mended: #"http.host matches "^(www|m)\.example\.com$""#),
        .init(
            .wildcardWithoutStar, #"http.host wildcard "www.example.com""#,
            near: #"http.host wildcard "*.example.com""#,
            mended: #"http.host eq "www.example.com""#),
        .init(
            .deprecatedField, #"ip.geoip.country eq "DE""#, near: #"ip.src.country eq "DE""#,
            mended: #"ip.src.country eq "DE""#),
        .init(
            .functionNotInPhase, #"to_string(cf.edge.server_port) eq "443""#, near: #"lower(http.host) eq "a""#,
            mended: "cf.edge.server_port eq 443", in: .cacheSettings),
        .init(.responseField, "http.response.code eq 404", near: "ssl", mended: "ssl", in: .lateTransform),
        .init(
            .expired, "http.request.timestamp.sec lt 1500000000", near: "http.request.timestamp.sec gt 1500000000",
            mended: "http.request.timestamp.sec lt 1900000000"),
        .init(
            .notYet, "http.request.timestamp.sec gt 1900000000", near: "http.request.timestamp.sec gt 1500000000",
            mended: "http.request.timestamp.sec gt 1500000000"),
    ]
}

@Suite("Lint of expressions")
struct ExpressionLintTests {
    private func kinds(_ text: String, in phase: Phase?) throws -> Set<String> {
        let findings = try ExpressionLint.findings(Expression(text), in: phase, at: "rule", now: 1_700_000_000)
        return Set(findings.map(\.code))
    }

    @Test(arguments: ExpressionCase.all)
    func kind(_ example: ExpressionCase) throws {
        #expect(try kinds(example.fires, in: example.phase).contains(example.kind.rawValue))
        #expect(try !kinds(example.near, in: example.phase).contains(example.kind.rawValue), "\(example.near)")
        #expect(try !kinds(example.mended, in: example.phase).contains(example.kind.rawValue), "\(example.mended)")
    }

    @Test("Findings point at the words and say what to write")
    func form() throws {
        let text = #"ssl and http.host matches "^www\.""#
        let finding = try #require(ExpressionLint.findings(Expression(text), at: "rule").first)
        #expect(finding.code == "regex-is-literal" && finding.remedy == #"write starts_with(http.host, "www.")"#)
        #expect(
            finding.excerpt == """
                ssl and http.host matches "^www\\."
                        ^^^^^^^^^^^^^^^^^^^^^^^^^^
                """)
    }

    @Test(
        "Ordinary conditions are clean",
        arguments: [
            #"http.host eq "www.example.com""#, #"starts_with(http.request.uri.path, "/a/") and not ssl"#, "true",
            "false",
            #"(http.host eq "a.example" and ssl) or (http.host eq "b.example" and not ssl)"#,
            #"len(http.request.headers["x"]) ge 0"#, #"ip.src in {192.0.2.0/24 2001:db8::/32}"#,
        ])
    func clean(_ text: String) throws {
        #expect(try kinds(text, in: nil) == [])
    }
}

import RulesLanguage
import Testing

@Suite struct EvaluatorTests {
    private let request: [FieldID: FieldValue] = [
        .httpHost: .string("www.Example.com"), .method: .string("GET"), .path: .string("/shop/item.html"),
        .query: .string("a=1&b=2&a=3&c"), .fullURI: .string("https://www.Example.com/shop/item.html?a=1"),
        .args: .map([.init("a", "1"), .init("b", "2"), .init("a", "3")]),
        .headers: .map([.init("accept", "text/html"), .init("x-token", "one"), .init("x-token", "two, three")]),
        .cookies: .map([.init("session", "s1"), .init("session", "s2")]), .sourceIP: .ip(IPAddress(v4: 0xc000_0201)),
        .sourceCountry: .string("DE"), .edgeServerIP: .ip(IPAddress(v6High: 0x2001_0db8_0000_0000, low: 5)),
        .edgeServerPort: .int(443), .ssl: .bool(true), .zoneName: .string("example.com"),
        .httpVersion: .string("HTTP/2"),
        .timestampSeconds: .int(1_700_000_000), .responseCode: .int(404), .userAgent: .string(""),
        .responseHeaders: .map([.init("content-type", "text/plain")]),
        .acceptedLanguages: .list([Array("de".utf8), Array("en".utf8)]),
        .randomSeed: .bytes(Array(0..<16)), .cookie: .string(#"{"a":{"b":[1,{"c":"x\n\u00e9\ud83d\ude00"}]},"n":-12}"#),
        .referer: .string("a%20b+c%2520d%u00e9"),
    ]

    private func holds(_ text: String, lists: [String: ListContents] = [:]) throws -> Bool {
        try Expression(text).evaluate(request, lists: lists)
    }

    @Test(arguments: [
        #"http.host eq "www.Example.com""#, #"http.host ne "www.example.com""#,
        #"lower(http.host) eq "www.example.com""#,
        #"http.host wildcard "*.example.com""#, #"not http.host strict wildcard "*.example.com""#,
        #"http.host strict wildcard "*.Example.com""#, #"http.host contains "Example""#,
        #"not http.host contains "example""#,
        #"http.host matches "^www\.""#, #"http.request.uri.path matches "\.(html|css)$""#,
        #"http.request.method in {"GET" "HEAD"}"#,
        #"http.host lt "www.F""#, #"http.host le "www.Example.com""#, #"http.host gt "www.Exampl""#,
        "cf.edge.server_port eq 0x1bb", "cf.edge.server_port in {1..10 400..500}", "cf.edge.server_port & 1",
        "not cf.edge.server_port & 4", "http.request.timestamp.sec ge 1700000000", "http.response.code in {400..499}",
        "ip.src eq 192.0.2.1", "ip.src in {10.0.0.0/8 192.0.2.0/30}", "not ip.src in {192.0.2.2..192.0.2.9 ::/0}",
        "ip.src ne ::1", "not ip.src lt ::1", "cf.edge.server_ip in {2001:db8::/32}",
        "cf.edge.server_ip eq 2001:db8::5",
        #"ip.geoip.country eq "DE""#, "ssl", "not (not ssl)", "ssl xor ssl xor ssl", "not (ssl xor ssl)",
        #"http.request.headers["x-token"][1] eq "two, three""#,
        #"any(http.request.headers["x-token"][*] contains "three")"#,
        #"not all(http.request.headers["x-token"][*] contains "three")"#, #"len(http.request.headers["x-token"]) eq 2"#,
        #"any(http.request.headers.names[*] eq "accept")"#, #"len(http.request.headers.values) eq 3"#,
        #"any(http.request.headers[*][1] eq "two, three")"#, #"any(http.request.uri.args["a"][*] eq "3")"#,
        #"has_key(http.request.uri.args, "b")"#, #"not has_key(http.request.uri.args, "c")"#,
        #"has_value(http.request.uri.args.values, "2")"#, #"has_value(http.request.cookies["session"], "s2")"#,
        #"http.request.accepted_languages[1] eq "en""#, #"any(http.request.accepted_languages[*] in {"en" "fr"})"#,
        #"join(http.request.accepted_languages, "+") eq "de+en""#, #"http.user_agent eq """#,
        "len(http.user_agent) eq 0",
        #"http.user_agent wildcard "*""#, #"http.response.headers["content-type"][0] eq "text/plain""#,
        #"starts_with(http.request.uri.path, "/shop/")"#, #"ends_with(http.request.uri.path, ".html")"#,
        #"substring(http.host, -4) eq ".com""#, #"substring(http.host, 0, 3) eq "www""#,
        #"substring(http.host, 4, -4) eq "Example""#,
        #"substring(http.host, 99) eq """#,
        #"substring(http.host, -9223372036854775807, 9223372036854775807) eq "www.Example.com""#,
        #"url_decode(http.referer) eq "a b c%20d%u00e9""#, #"url_decode(http.referer, "ru") eq "a b c dé""#,
        #"regex_replace(http.host, r"^(\w+)\.(\w+)", "${2}-${1}$$") eq "Example-www$.com""#,
        #"regex_replace(http.host, "zzz", "y") eq "www.Example.com""#,
        #"wildcard_replace(http.request.uri.path, "/SHOP/*.html", "/p/${1}") eq "/p/item""#,
        #"wildcard_replace(http.request.uri.path, "/SHOP/*", "/p/${1}", "s") eq "/shop/item.html""#,
        #"wildcard_replace(http.request.uri.path, "/*/*.*", "${3}/${2}/${1}") eq "html/item/shop""#,
        #"to_string(ip.src) eq "192.0.2.1""#, #"to_string(cf.edge.server_ip) eq "2001:db8::5""#,
        #"to_string(ssl) eq "true""#,
        #"to_string(cf.edge.server_port) eq "443""#, #"remove_query_args(http.request.uri.query, "a") eq "b=2&c""#,
        #"remove_query_args(http.request.uri.query, "a", "b", "c") eq """#,
        #"split(http.host, ".", 2)[1] eq "Example.com""#,
        "cidr(ip.src, 24, 64) eq 192.0.2.0", "cidr(cf.edge.server_ip, 24, 32) eq 2001:db8::",
        "cidr6(ip.src, 8) eq 192.0.2.1",
        #"encode_base64(http.request.method) eq "R0VU""#, #"encode_base64(ip.src.country, "p") eq "REU=""#,
        #"decode_base64(encode_base64(http.host, "u")) eq "www.Example.com""#,
        #"remove_bytes(http.host, "w.") eq "Examplecom""#,
        #"uuidv4(cf.random_seed) eq "00010203-0405-4607-8809-0a0b0c0d0e0f""#,
        #"lookup_json_string(http.cookie, "a", "b", 1, "c") eq "x\x0aé😀""#,
        #"lookup_json_integer(http.cookie, "n") eq -12"#,
        #"lookup_json_integer(http.cookie, "a", "b", 0) eq 1"#,
        #"concat(http.request.method, " ", http.host) eq "GET www.Example.com""#,
        #"http.host ne http.request.method"#, #"http.request.uri.path lt http.request.method"#,
        #"lower(http.host) eq substring(http.request.full_uri, 8, 8) or lower(http.host) ne http.host"#,
        "http.request.timestamp.sec gt cf.edge.server_port", "cf.edge.server_port & http.response.code",
        "cf.edge.server_ip ne ip.src", "not cf.edge.server_ip eq ip.src", "not cf.edge.server_ip lt ip.src",
        "ip.src eq cidr6(ip.src, 8)", "len(http.host) eq len(http.host)",
        #"any(http.request.headers["x-token"][*] eq coalesce(http.x_forwarded_for, "one"))"#,
        #"not all(http.request.headers["x-token"][*] eq coalesce(http.x_forwarded_for, "one"))"#,
        #"coalesce(http.x_forwarded_for, http.request.uri.args["none"][0], http.request.method) eq "GET""#,
        "coalesce(ip.src, 10.0.0.1) eq 192.0.2.1", "coalesce(cf.threat_score, 7) eq 7", "coalesce(cf.client.bot, ssl)",
        #"http.host matches "^www[.[:alpha:]&&[^Q]]+$""#, #"http.referer matches "[[:digit:]]\d{2}d%u00e9$""#,
        #"upper(http.host) eq "WWW.EXAMPLE.COM""#, #"concat(http.x_forwarded_for, http.request.method) eq "GET""#,
    ])
    func isTrue(_ text: String) throws {
        #expect(try holds(text))
    }

    /// Where RE2 by itself would read a pattern otherwise than Rust's regex crate, it is read as that crate does.
    @Test(
        arguments: [
            (#"a\sb"#, "a\u{b}b", true), (#"a\Sb"#, "a\u{b}b", false), ("^[--a]$", "A", false), ("^[--a]$", "-", true),
            ("^é+$", "éé", true), ("(?i)^É$", "é", false), ("(?i)^Éa$", "ÉA", true), ("^(?:ab?)**$", "aab", true),
            ("^[a-z&&[^aeiou]]+$", "bcd", true), ("^[a-z&&[^aeiou]]+$", "bad", false), ("^[a-c~~b-d]+$", "ad", true),
            ("^[a-z--b]+$", "abc", false), ("(?i)^[^b]$", "B", false), ("(?x) ^ a b # c", "ab", true),
            (#"^\x{e9}$"#, "é", true), ("^[[:foo:]]$", "f", true), ("^a{ 2 }$", "aa", true), ("^(?<n>a)$", "a", true),
            (#"^\<?$"#, "", nil), ("^}]$", "}]", true), ("(?U)^a+?$", "aa", true), ("a$", "a\n", false),
            ("(?m)a$", "a\n", true), ("^.$", "\n", false), ("(?s)^.$", "\n", true), ("^..$", "é", true),
        ] as [(String, String, Bool?)])
    func patternsAreReadAsRustReadsThem(pattern: String, text: String, matches: Bool?) throws {
        let source = "http.host matches r\"\(pattern)\""
        guard let matches else {
            #expect(throws: ExpressionErrors.self) { try Expression(source) }
            return
        }
        #expect(try Expression(source).evaluate([.httpHost: .string(text)]) == matches)
    }

    /// Whatever is compared with a missing value is false, `ne` included; what is built from one is missing too.
    @Test(arguments: [
        #"http.x_forwarded_for eq "a""#, #"http.x_forwarded_for ne "a""#, #"http.request.headers["none"][0] ne "a""#,
        #"any(http.request.headers["none"][*] ne "a")"#, #"all(http.request.headers["none"][*] ne "a")"#,
        #"http.request.headers["accept"][1] ne "a""#, #"lower(http.x_forwarded_for) ne "a""#,
        #"len(http.request.headers["none"]) ge 0"#,
        #"has_key(raw.http.request.uri.args, "a")"#, #"starts_with(http.x_forwarded_for, "")"#, "cf.threat_score ge 0",
        "cf.bot_management.verified_bot", #"http.x_forwarded_for in {"a"}"#, #"http.x_forwarded_for wildcard "*""#,
        #"decode_base64(http.host) ne "a""#, #"lookup_json_string(http.cookie, "zz") ne "a""#,
        #"lookup_json_string(http.host, "zz") ne "a""#,
        "http.host eq http.x_forwarded_for", "http.x_forwarded_for ne http.host", "cf.threat_score ne cf.threat_score",
        #"any(http.request.headers["x-token"][*] ne http.x_forwarded_for)"#, "cf.edge.server_port & cf.threat_score",
        "coalesce(http.x_forwarded_for, cf.ray_id) ne http.host",
        #"uuidv4(http.request.method) ne "a""#, #"concat(http.x_forwarded_for, http.x_forwarded_for) ne "a""#,
    ])
    func missingValuesMakeComparisonsFalse(_ text: String) throws {
        #expect(try holds(text) == Semantics.comparisonWithMissing)
        #expect(try holds("not \(text)"))
    }

    @Test func emptyListsAreNotMissing() throws {
        let empty: [FieldID: FieldValue] = [.acceptedLanguages: .list([]), .headers: .map([])]
        #expect(try Expression("len(http.request.accepted_languages) eq 0").evaluate(empty))
        #expect(try Expression(#"all(http.request.accepted_languages[*] eq "x")"#).evaluate(empty))
        #expect(try !Expression(#"any(http.request.accepted_languages[*] eq "x")"#).evaluate(empty))
        #expect(try Expression("len(http.request.headers.names) eq 0").evaluate(empty))
        #expect(try Expression(#"join(http.request.accepted_languages, ",") eq """#).evaluate(empty))
    }

    @Test func namedListsAreCompiledIn() throws {
        let networks = try #require(IPRange("192.0.2.0/24"))
        let lists: [String: ListContents] = [
            "office": .ips([networks]), "hosts": .bytes([Array("www.Example.com".utf8)]),
        ]
        #expect(try holds("ip.src in $office", lists: lists))
        #expect(try holds("http.host in $hosts", lists: lists))
        #expect(throws: ExpressionErrors.self) { try holds("ip.src in $hosts", lists: lists) }
        do {
            _ = try holds("ip.src in $ofice", lists: lists)
            Issue.record("an unknown list was accepted")
        } catch let error as ExpressionErrors {
            #expect(error.errors.map(\.code) == [.unknownList])
            #expect(error.errors.first?.remedy == "did you mean $office?")
        }
    }

    @Test func functionsThatTheEdgeCannotComputeAreRefused() throws {
        for (text, reason) in [
            ("bit_slice(http.host, 0, 8) eq 1", "packets"), (#"is_jwt_valid("shop")"#, "API Shield"),
            (#"is_jwt_present("shop")"#, "API Shield"),
        ] {
            let expression = try Expression(text)
            do throws(ExpressionErrors) {
                _ = try ProgramCompiler().compile(expression)
                Issue.record("compiled")
            } catch {
                #expect(error.errors.map(\.code) == [.unsupportedFunction])
                #expect(error.errors.first?.message.contains(reason) == true)
            }
        }
    }

    @Test func valuesForTargetsAndRewrites() throws {
        func value(_ text: String) throws -> String? {
            try Expression(text, mode: .value).evaluateValue(request).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(
            try value(#"concat("https://", http.host, "/new", http.request.uri.path)"#)
                == "https://www.Example.com/new/shop/item.html")
        #expect(try value(#""/fixed""#) == "/fixed")
        #expect(try value("http.x_forwarded_for") == nil)
        #expect(try value(#"http.request.headers["x-token"][0]"#) == "one")
        #expect(
            try value(#"wildcard_replace(http.request.full_uri, "https://*/shop/*", "https://shop.${1}/${2}")"#)
                == "https://shop.www.Example.com/item.html?a=1")
    }

    @Test func explanationJoinsWithTheText() throws {
        let text = #"http.host eq "x" or (ssl and not http.x_forwarded_for eq "a") or ip.src eq 1.1.1.1"#
        let runner = try ProgramRunner(ProgramCompiler().compile(Expression(text)))
        let (result, parts) = runner.explained(request)
        let bytes = Array(text.utf8)
        let told = parts.map { "\(String(decoding: bytes[$0.span.range], as: UTF8.self)): \($0.truth)" }
        #expect(result)
        #expect(
            told == [
                #"http.host eq "x": no"#, "ssl: yes", #"http.x_forwarded_for eq "a": missing"#,
                #"not http.x_forwarded_for eq "a": yes"#, #"ssl and not http.x_forwarded_for eq "a": yes"#,
                "\(text): yes",
            ])
    }

    @Test func partialEvaluationFixesTheZone() throws {
        let expression = try Expression(
            #"cf.zone.name eq "example.com" and (cf.edge.server_ip eq 192.0.2.9 or http.host eq "a")"#)
        #expect(expression.partiallyEvaluated(known: [.zoneName: .string("other.org")]) == .always(false))
        #expect(
            expression.partiallyEvaluated(known: [.zoneName: .string("example.com")])
                == .simplified(try Expression(#"cf.edge.server_ip eq 192.0.2.9 or http.host eq "a""#)))
        let negated = try Expression(#"not cf.zone.name in {"a" "b"} xor ssl"#)
        #expect(negated.partiallyEvaluated(known: [.zoneName: .string("c")]) == .simplified(try Expression("not ssl")))
        #expect(try Expression("true").partiallyEvaluated(known: [:]) == .always(true))
    }

    @Test func aFullScratchMakesValuesMissingAndIsReusable() throws {
        let runner = try ProgramRunner(ProgramCompiler().compile(Expression(#"upper(http.host) ne "x""#)))
        let store = FieldStore(request)
        var tiny = Scratch(limit: 8)
        let first = runner.matches(store.table, scratch: &tiny)
        #expect(!first)
        var enough = Scratch(limit: 64)
        for _ in 0..<100 {
            let again = runner.matches(store.table, scratch: &enough)
            #expect(again)
        }
        var none = Scratch(limit: 0)
        let last = runner.matches(store.table, scratch: &none)
        #expect(!last)
    }

    @Test func aFieldOfAnotherTypeIsMissing() throws {
        let wrong: [FieldID: FieldValue] = [
            .httpHost: .int(5), .sourceIP: .string("192.0.2.1"), .headers: .bytes([1, 2]), .ssl: .int(1),
            .args: .list([[1]]),
        ]
        for text in [
            #"http.host ne "a""#, "ip.src ne 1.1.1.1", #"any(http.request.headers["a"][*] ne "b")"#, "ssl",
            #"any(http.request.uri.args.names[*] ne "b")"#, #"lower(http.host) ne "b""#, "len(http.host) ge 1",
        ] {
            #expect(try !Expression(text).evaluate(wrong), "\(text)")
        }
    }

    @Test func programsAreDeterministicAndNameTheirFields() throws {
        let text = #"http.host matches "a" and any(http.request.headers.names[*] eq "b") and ip.geoip.country eq "DE""#
        let program = try ProgramCompiler().compile(Expression(text))
        #expect(try ProgramCompiler().compile(Expression(text)) == program)
        let summary = try program.bytes.withUnsafeBytes { try ProgramVerifier.verify($0) }
        #expect(summary.regexCount == 1)
        for id in [FieldID.httpHost, .headers, .sourceCountry] { #expect(summary.fields.contains(id)) }
        #expect(!summary.fields.contains(.headersNames) && !summary.fields.contains(.path))
    }

    /// Alternatives that share bytes beyond ASCII.
    @Test(arguments: [
        "é|ü", "(é|ü)", #"\xc3\xa9|\xc3\xbc"#, "aé|aü|é", "(?i)é|ü", "éx|éy|é", "(?:é)|(?:é)", "é+|ü",
        #"(?-u:\xc3)\xa9|\xc3\xa9x"#, #"[\xc3]\xa9|[\xc3]\xbc"#, #"[\xc3]\xa9|é"#, #"(?i)[\xc3]\xa9|\xc3\xbc"#,
        #"[\xc3]+\xa9|[\xc3]\xbc"#, #"\xc3[\xa9]x|\xc3[\xa9]$"#, #"[\xc3-\xc3]\xa9|[^\x00-\xc2\xc4-\xff]\xbc"#,
        #"[\xc3&&[\x80-\xff]]\xa9|ü"#, #"[\xc3\xc4]\xa9|[\xc3\xc4]\xbc"#, #"[\xc3]{1,2}[\xa9]|[\xc3]{1,2}b"#,
    ])
    func alternativesBeyondASCII(pattern: String) throws {
        let expression = try Expression("http.host matches r\"\(pattern)\"")
        #expect(try expression.evaluate([.httpHost: .string("é")]))
        #expect(try !expression.evaluate([.httpHost: .string("e")]))
    }
}

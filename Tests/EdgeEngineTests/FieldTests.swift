import EdgeEngine
import EdgePlan
import RulesLanguage
import Testing

@Suite("Fields, as conditions see them")
struct FieldTests {
    private typealias S = EngineSamples

    static let holding: [String] = [
        #"http.host eq "shop.example""#, #"http.request.method eq "GET""#,
        #"http.request.uri eq "/a/B.TXT?x=1&y=&x=2&&z""#,
        #"http.request.uri.path eq "/a/B.TXT""#, #"http.request.uri.path.extension eq "txt""#,
        #"http.request.uri.query eq "x=1&y=&x=2&&z""#, #"http.request.uri.args["x"][1] eq "2""#,
        #"http.request.uri.args["y"][0] eq """#, #"http.request.uri.args["z"][0] eq """#,
        #"len(http.request.uri.args.names) eq 4"#,
        #"http.request.full_uri eq "https://shop.example/a/B.TXT?x=1&y=&x=2&&z""#,
        #"raw.http.request.uri.path.extension eq "txt""#, #"raw.http.request.full_uri contains "/a/B""#,
        #"http.request.version eq "HTTP/1.1""#, #"http.request.headers["x-foo"][1] eq "2""#,
        #"http.request.headers["accept"][0] eq "a,b""#, #"http.request.cookies["na me"][0] eq "1""#,
        #"http.request.cookies["b"][1] eq "3""#, #"http.cookie eq "na%20me=1; b=2; odd; b=3""#,
        #"http.referer eq """#, #"http.user_agent eq "curl/8""#, #"http.x_forwarded_for eq "9.9.9.9,8.8.8.8""#,
        #"http.request.accepted_languages[0] eq "fr-CH""#, #"http.request.accepted_languages[1] eq "en""#,
        #"http.request.accepted_languages[2] eq "fr""#, "http.request.timestamp.sec eq 1700000000",
        "http.request.timestamp.msec eq 250", "ip.src eq 192.0.2.9", "ssl", "cf.edge.server_ip eq 127.0.0.1",
        "cf.edge.server_port eq 443", #"cf.zone.name eq "shop.example""#, "not http.request.headers.truncated",
        #"not any(http.request.headers.names[*] in {"host" "connection" "x-edge-origin" "te" "x-request-id" "under_score"})"#,
        #"not (ip.src.country eq "DE")"#, #"not any(http.request.headers.names[*] eq "x-country")"#,
    ]

    @Test("Each field has the value of the request", arguments: holding)
    func field(expression: String) throws {
        let plan = S.zone(
            [(.firewallCustom, [try S.rule("r", if: expression, .log)])], country: "x-country", peers: ["10.0.0.0/8"])
        let request = S.request(
            "/a//%42.TXT?x=1&y=&x=2&&z", host: "SHOP.example.:8080",
            headers: [
                ("X-Foo", "1"), ("x-foo", " 2 "), ("Accept", "a"), ("Accept", "b"), ("Cookie", "na%20me=1; b=2; odd"),
                ("Cookie", "b=3"), ("User-Agent", "curl/8"), ("X-Forwarded-For", "9.9.9.9"),
                ("X-Forwarded-For", "8.8.8.8"),
                ("Accept-Language", "fr-CH, fr;q=0.8, en;q=0.9"), ("X-Country", "DE"), ("Connection", "x-hop, close"),
                ("X-Hop", "1"), ("X-Edge-Origin", "evil"), ("TE", "trailers"), ("X-Request-Id", "1"),
                ("under_score", "1"),
            ])
        let seen = try S.trace(plan, request)
        #expect(seen.phases.first?.rules.first?.state == .matched)
    }

    @Test("The country counts only from a trusted peer, and its header goes otherwise")
    func country() throws {
        let plan = S.zone(
            [(.firewallCustom, [try S.rule("r", if: #"ip.src.country eq "DE""#, .log)])], country: "x-country",
            peers: ["10.0.0.0/8", "2001:db8::/32"])
        for (client, trusted) in [("10.1.2.3", true), ("2001:db8::1", true), ("11.0.0.1", false), ("::1", false)] {
            let seen = try S.trace(plan, S.request(headers: [("X-Country", "DE")], from: client))
            #expect(seen.phases[0].rules[0].state == (trusted ? .matched : .notMatched), "\(client)")
            #expect(seen.requestEdits.map(\.name) == (trusted ? [] : ["x-country"]), "\(client)")
        }
    }

    @Test("An explanation tells the truth of each part by its place in the text")
    func parts() throws {
        let plan = S.zone([(.firewallCustom, [try S.rule("r", if: #"ssl and http.host eq "other""#, .log)])])
        let parts = try S.trace(plan).phases[0].rules[0].parts
        #expect(parts.contains { $0.start == 0 && $0.end == 3 && $0.truth == .yes })
        #expect(parts.contains { $0.start == 8 && $0.truth == .no })
    }
}

import EdgeEngine
import EdgePlan
import RulesLanguage
import TestKit
import Testing

/// The same requests through Envoy and through the engine in this process: what a trace says is what the edge does.
@Suite(
    "Edge and trace agree", .serialized,
    .enabled(if: EdgeHarness.missing == nil, Comment(rawValue: EdgeHarness.missing ?? "")))
struct DifferentialTests {
    /// Each sets a header of its own when it holds, so that one request compares all of them.
    static let conditions: [String] = [
        #"http.host eq "shop.test""#, #"ends_with(http.host, ".shop.test")"#, #"http.host contains ".""#,
        #"http.request.method in {"GET" "OPTIONS"}"#, #"http.request.uri.path eq "/""#,
        #"starts_with(http.request.uri.path, "/a/")"#, #"http.request.uri.path contains "..""#,
        #"http.request.uri.path contains "//""#, #"http.request.uri.path matches r"^/[a-z]+/[0-9]*$""#,
        #"http.request.uri.path contains "%2f""#, #"lower(http.request.uri.path) contains "abc""#,
        #"http.request.uri.path.extension in {"php" "txt" "bz2"}"#, #"raw.http.request.uri.path contains "b""#,
        #"http.request.uri.query eq """#, #"any(http.request.uri.args["q"][*] eq "1")"#,
        #"http.request.uri.args["q"][1] eq "2""#, #"len(http.request.uri.args.names) gt 1"#,
        #"http.request.uri contains "?""#, #"starts_with(http.request.full_uri, "http://shop.test/")"#,
        #"any(http.request.headers["x-a"][*] eq "1")"#, #"len(http.request.headers["x-a"]) gt 1"#,
        #"http.request.headers["accept"][0] contains ",""#, #"http.user_agent eq """#,
        #"http.user_agent contains "curl""#,
        #"http.referer contains "shop""#, #"http.cookie contains "s=1""#, #"http.request.cookies["s"][0] eq "1""#,
        #"any(http.request.cookies["a b"][*] eq "2")"#, #"http.x_forwarded_for eq """#,
        #"http.x_forwarded_for contains "9.9.9.9""#, #"ip.src in {127.0.0.0/30}"#, #"ip.src eq 127.0.0.9"#,
        #"ip.src.country eq "DE""#, #"any(http.request.headers.names[*] eq "x-country")"#, "ssl",
        #"cf.edge.server_ip eq 127.0.0.22"#, #"http.request.accepted_languages[0] eq "de""#,
        #"http.request.version eq "HTTP/1.1""#, #"cf.zone.name eq "shop.test""#,
        #"len(http.request.headers.names) gt 4"#,
        #"any(http.request.headers.names[*] contains "_")"#, #"any(http.request.headers.values[*] contains "ü")"#,
        #"not http.request.headers["x-b"][0] eq "1" xor http.request.uri.path eq "/x""#,
        #"url_decode(http.request.uri.query) contains " ""#, #"http.request.uri.path wildcard "/a/*/c""#,
        #"any(http.request.headers.names[*] in {"host" "te" "connection" "x-hop" "x-request-id" "x-envoy-retry-on"})"#,
    ]

    private func plan() throws -> ZonePlan {
        let edits = try Self.conditions.enumerated().map { index, text in
            try ModulePlans.rule(
                "c\(index)", text,
                .editRequestHeaders([
                    HeaderEditPlan(name: "x-r-\(index)", operation: .set, value: .literal(Array("1".utf8)))
                ]))
        }
        let rule = ModulePlans.rule
        var zone = try ModulePlans.zone([
            PhasePlan(
                phase: .dynamicRedirect,
                rules: [
                    try rule(
                        "r", #"http.request.uri.path.extension eq "php""#,
                        .redirect(
                            target: try ModulePlans.value(#"concat("/moved", http.request.uri.path)"#), status: 302,
                            preserveQueryString: true))
                ]),
            PhasePlan(
                phase: .transform,
                rules: [
                    try rule(
                        "w", #"http.request.uri.query contains "q=2""#,
                        .rewrite(
                            path: try ModulePlans.value(
                                #"concat(http.request.uri.path, "/", url_decode(http.request.uri.query))"#),
                            query: nil))
                ]),
            PhasePlan(
                phase: .origin,
                rules: [
                    try rule(
                        "o", #"http.request.headers["x-a"][0] eq "2""#, .route(hostHeader: "o.test", origin: "two.0002")
                    )
                ]),
            PhasePlan(
                phase: .firewallCustom,
                rules: [
                    try rule(
                        "b", #"lower(http.request.uri.path) contains "/admin""#,
                        .block(status: 403, contentType: "text/plain", body: "blocked"))
                ]),
            PhasePlan(phase: .lateTransform, rules: edits),
        ])
        zone.trust = TrustPlan(countryHeader: "x-country", trustedPeers: ["127.0.0.0/29"])
        return zone
    }

    private struct Sample {
        let request: EdgeRequest
        let source: String
        let toStaging: Bool
    }

    private static let pieces: [String] = [
        "/", "/a/b/c", "/A/Admin", "/x", "/abc/12", "/f.php", "/f.tar.BZ2", "//", "/.", "/..", "/%2e%2E", "/%2f",
        "/%41", "/\\", "/..;x",
        "/a|b", "/%zz", "/%", "/é", "/;y/../z", "/a%20b", "/\"q\"", "/.txt", "/..hidden", "/ABC",
    ]
    private static let queries: [String] = [
        "", "", "?", "?q=1", "?q=1&q=2", "?q=2", "?a=%20b&q=%31", "?x=../y", "?q=1&&=&z", "?a#b", "?q=2&x=%0a%00",
    ]
    private static let fields: [(String, String)] = [
        ("X-A", "1"), ("x-a", "2"), ("X-B", "1"), ("Accept", "text/html"), ("accept", "*/*"), ("User-Agent", "curl/8"),
        ("User-Agent", "b"), ("Referer", "https://shop.test/"), ("Cookie", "s=1; a%20b=2"), ("Cookie", "s=3"),
        ("cookie", "odd"),
        ("X-Forwarded-For", "9.9.9.9"), ("X-Forwarded-For", "1.1.1.1, 2.2.2.2"), ("X-Country", "DE"),
        ("x-country", "FR"),
        ("Accept-Language", "en;q=0.5, de"), ("under_score", "1"), ("X-U", "ü"), ("Connection", "x-hop"),
        ("X-Hop", "1"),
        ("X-Edge-Origin", "two.0002"), ("X-Edge-Any", "1"), ("x-request-id", "abc"), ("TE", "trailers"), ("Empty", ""),
        ("X-Envoy-Retry-On", "5xx"), ("Keep-Alive", "5"), ("X-Forwarded-Proto", "https"), ("bad name", "1"),
        ("Via", "a"),
        ("Via", "b"), ("Authorization", "a"), ("Range", "bytes=0-1"), ("If-None-Match", "\"x\""), ("x-r-0", "spoofed"),
    ]

    private func sample(_ generator: inout SeededGenerator, port: Int) -> Sample {
        func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &generator)] }
        let target =
            (0...Int.random(in: 0...2, using: &generator)).map { _ in pick(Self.pieces) }.joined() + pick(Self.queries)
        var headers: [EdgeRequest.Header] = []
        for _ in 0..<Int.random(in: 0...7, using: &generator) {
            let field = pick(Self.fields)
            // A request that Envoy refuses says little; keep those few.
            if field.0 == "bad name", Int.random(in: 0..<8, using: &generator) > 0 { continue }
            headers.append(.init(field.0, field.1))
        }
        let toStaging = Bool.random(using: &generator)
        let source = pick(["127.0.0.1", "127.0.0.2", "127.0.0.9", "127.1.2.3"])
        let request = EdgeRequest(
            method: pick(["GET", "GET", "DELETE", "OPTIONS", "get"]),
            host: pick(["shop.test", "SHOP.test", "shop.test:80", "shop.test.", "a.shop.test", "Shop.Test.:8080"]),
            target: target, headers: headers, clientAddress: IPAddress(source),
            destinationAddress: IPAddress(toStaging ? "127.0.0.22" : "127.0.0.1"), destinationPort: port, isTLS: false)
        return Sample(request: request, source: source, toStaging: toStaging)
    }

    private func wire(_ request: EdgeRequest) -> [UInt8] {
        var bytes = Array("\(request.method) ".utf8) + request.target
        bytes += Array(" HTTP/1.1\r\nHost: \(request.host)\r\n".utf8)
        for header in request.headers { bytes += Array("\(header.name): ".utf8) + header.value + [13, 10] }
        return bytes + [13, 10]
    }

    @Test("Random hostile requests are answered as the trace says", .timeLimit(.minutes(5)))
    func agreement() async throws {
        var generator = SeededGenerator.announced("edge and trace")
        let plan = try plan()
        let harness = try await EdgeHarness.start(plan)
        var seen: [String: Int] = [:]
        do {
            for _ in 0..<1_500 {
                let sample = sample(&generator, port: harness.edge.port)
                let expected = EdgeTrace.trace(try AcceptedPlan(plan), sample.request)
                let server = sample.toStaging ? harness.staging : harness.edge
                let answer = try await RawHTTP.exchange(wire(sample.request), with: server, source: sample.source)
                let difference = try difference(expected, answer)
                seen["\(expected.outcome.kind)", default: 0] += 1
                for rule in expected.phases.flatMap(\.rules) { seen["\(rule.ref) \(rule.state)", default: 0] += 1 }
                if let difference {
                    let text = String(decoding: wire(sample.request), as: UTF8.self)
                    Issue.record("\(difference)\n\(text)from \(sample.source)")
                    break
                }
            }
        } catch {
            Issue.record(error)
        }
        await harness.stop()
        let never = Self.conditions.indices.filter { seen["c\($0) matched"] == nil }.map { Self.conditions[$0] }
        #expect(never.allSatisfy { Self.cannotHold.contains($0) }, "\(never)")
        print("outcomes:", seen.filter { !$0.key.contains(" ") }.sorted { $0.key < $1.key })
    }

    /// True promises: these never hold behind Envoy's shaping.
    static let cannotHold: Set<String> = [
        "ssl", #"http.request.uri.path contains "//""#, #"any(http.request.headers.names[*] contains "_")"#,
        #"any(http.request.headers.names[*] in {"host" "te" "connection" "x-hop" "x-request-id" "x-envoy-retry-on"})"#,
    ]

    private func difference(_ expected: Explanation, _ answer: RawHTTPResponse) throws -> String? {
        switch expected.outcome.kind {
        case .refused: return answer.status == 400 ? nil : "refused by the trace, \(answer.status) from the edge"
        case .block:
            return answer.status == 403 && answer.text == "blocked" ? nil : "blocked by the trace, \(answer.status)"
        case .redirect:
            return answer.status == 302 && answer.first("location") == expected.outcome.location
                ? nil
                : "\(expected.outcome.location ?? "") by the trace, \(answer.status) \(answer.first("location") ?? "")"
        case .noOrigin: return answer.status == 503 ? nil : "no origin, \(answer.status)"
        case .forward:
            guard answer.status == 200 else { return "forwarded by the trace, \(answer.status) from the edge" }
            let echo = try OriginEcho(answer.body)
            let name = expected.outcome.origin == "two.0002" ? "two" : "one"
            if echo.origin != name { return "origin \(echo.origin), not \(name)" }
            if echo.target != expected.outcome.path { return "\(echo.target), not \(expected.outcome.path ?? "")" }
            if let host = expected.outcome.hostHeader, echo.first("host") != host {
                return "host \(echo.first("host") ?? "")"
            }
            let set = expected.requestEdits.filter { $0.name.hasPrefix("x-r-") }.map(\.name).sorted()
            let got = echo.headers.filter { $0[0].hasPrefix("x-r-") && $0[1] == "1" }.map { $0[0] }.sorted()
            let differing = Set(set).symmetricDifference(got).compactMap { Int($0.dropFirst(4)) }
            return differing.isEmpty
                ? nil
                : differing.map { "\(set.contains("x-r-\($0)") ? "only trace" : "only edge"): \(Self.conditions[$0])" }
                    .joined(separator: "\n")
        }
    }
}

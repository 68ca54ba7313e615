import EdgePlan
import TestKit
import Testing

@Suite(
    "The edge module in a real Envoy", .serialized,
    .enabled(if: EdgeHarness.missing == nil, Comment(rawValue: EdgeHarness.missing ?? "")))
struct EdgeModuleTests {
    private func plan() throws -> ZonePlan {
        let rule = ModulePlans.rule
        let phases = [
            PhasePlan(
                phase: .dynamicRedirect,
                rules: [
                    try rule(
                        "moved", #"http.request.uri.path eq "/old""#,
                        .redirect(
                            target: try ModulePlans.value(#"concat("https://", http.host, "/new")"#), status: 301,
                            preserveQueryString: true))
                ]),
            PhasePlan(
                phase: .transform,
                rules: [
                    try rule(
                        "api", #"starts_with(http.request.uri.path, "/api/")"#,
                        .rewrite(
                            path: try ModulePlans.value(#"concat("/v2", http.request.uri.path)"#),
                            query: .literal(Array("k=1".utf8)))
                    )
                ]),
            PhasePlan(
                phase: .origin,
                rules: [
                    try rule(
                        "to-two", #"any(http.request.headers["x-beta"][*] eq "yes")"#,
                        .route(hostHeader: "other.test", origin: "two.0002"))
                ]),
            PhasePlan(
                phase: .firewallCustom,
                rules: [
                    try rule(
                        "no-admin", #"http.request.uri.path contains "/admin""#,
                        .block(status: 403, contentType: "text/html", body: "<b>no</b>"))
                ]),
            PhasePlan(
                phase: .lateTransform,
                rules: [
                    try rule(
                        "mark", "true",
                        .editRequestHeaders([
                            HeaderEditPlan(
                                name: "x-mark", operation: .set, value: try ModulePlans.value("http.request.method")),
                            HeaderEditPlan(name: "x-secret", operation: .remove, value: nil),
                        ]))
                ]),
            PhasePlan(
                phase: .cacheSettings,
                rules: [try rule("ttl", "true", .cache([.edgeTTL(60), .browserTTL(0)]))]),
            PhasePlan(
                phase: .responseHeadersTransform,
                rules: [
                    try rule(
                        "seen", #"http.response.code in {200 301 403} and http.request.uri.path ne "/quiet""#,
                        .editResponseHeaders([
                            HeaderEditPlan(
                                name: "x-seen", operation: .set, value: try ModulePlans.value("http.request.uri.path")),
                            HeaderEditPlan(name: "x-dropped", operation: .remove, value: nil),
                        ]))
                ]),
        ]
        return try ModulePlans.zone(phases, staged: phases)
    }

    @Test("Rules do in Envoy what they say", .timeLimit(.minutes(2)))
    func rules() async throws {
        let harness = try await EdgeHarness.start(try plan())
        do {
            try await checkAnswers(harness)
            try await checkOrigins(harness)
            try await checkFigures(harness)
            try await checkRefusal(harness)
        } catch {
            Issue.record(error, "\(harness.envoy.log.suffix(2_000))")
        }
        await harness.stop()
    }

    /// Edits are carried out one after another in Envoy's own memory, where the values come from.
    @Test("Values come from the message as it was before all edits", .timeLimit(.minutes(2)))
    func values() async throws {
        let header = { (name: String) in try ModulePlans.value("http.request.headers[\"\(name)\"][0]") }
        let phases = [
            PhasePlan(
                phase: .transform,
                rules: [
                    try ModulePlans.rule(
                        "tail", #"starts_with(http.request.uri.path, "/cut/")"#,
                        .rewrite(path: try ModulePlans.value("substring(http.request.uri.path, 4)"), query: nil))
                ]),
            PhasePlan(
                phase: .lateTransform,
                rules: [
                    try ModulePlans.rule(
                        "swap", "true",
                        .editRequestHeaders([
                            HeaderEditPlan(name: "x-one", operation: .set, value: try header("x-two")),
                            HeaderEditPlan(name: "x-two", operation: .set, value: try header("x-one")),
                            HeaderEditPlan(name: "x-three", operation: .remove, value: nil),
                            HeaderEditPlan(name: "x-copy", operation: .set, value: try header("x-three")),
                        ]))
                ]),
            PhasePlan(
                phase: .responseHeadersTransform,
                rules: [
                    try ModulePlans.rule(
                        "type", #"any(http.request.headers["x-three"][*] contains "ccc")"#,
                        .editResponseHeaders([
                            HeaderEditPlan(name: "content-type", operation: .remove, value: nil),
                            HeaderEditPlan(
                                name: "x-type", operation: .set,
                                value: try ModulePlans.value(#"http.response.headers["content-type"][0]"#)),
                            HeaderEditPlan(name: "x-first", operation: .set, value: try header("x-one")),
                        ]))
                ]),
        ]
        let harness = try await EdgeHarness.start(try ModulePlans.zone(phases))
        // Longer than what Envoy keeps within a header's own place.
        let (one, two, three) = (
            String(repeating: "a", count: 300), String(repeating: "b", count: 301), String(repeating: "c", count: 302)
        )
        for _ in 0..<20 {
            let answer = try await harness.ask("/cut/all/of/it", [("X-One", one), ("X-Two", two), ("X-Three", three)])
            let echo = try OriginEcho(answer.body)
            #expect(echo.target == "/all/of/it")
            #expect(echo.first("x-one") == two)
            #expect(echo.first("x-two") == one)
            #expect(echo.first("x-three") == nil)
            #expect(echo.first("x-copy") == three)
            #expect(answer.first("content-type") == nil)
            #expect(answer.first("x-type")?.isEmpty == false)
            #expect(answer.first("x-first") == one)
        }
        await harness.stop()
    }

    private func checkAnswers(_ harness: EdgeHarness) async throws {
        let blocked = try await harness.ask("/a/%2e%2e/admin?x=1")
        #expect(blocked.status == 403)
        #expect(blocked.text == "<b>no</b>")
        #expect(blocked.first("content-type") == "text/html")
        #expect(blocked.first("x-seen") == "/admin", "response rules run on the edge's own answers")
        #expect(blocked.first("x-version") == "777:123")

        let moved = try await harness.ask("/old?a=b", host: "SHOP.test:80")
        #expect(moved.status == 301)
        #expect(moved.first("location") == "https://shop.test/new?a=b")
        #expect(moved.first("x-seen") == "/old")

        let unknown = try await harness.ask("/", host: "nobody.test")
        #expect(unknown.status == 404)
        #expect(unknown.text == "no such host\n")
        #expect(try await harness.ask("/", host: "other.test").status == 404, "a host without a plan is not served")
    }

    private func checkOrigins(_ harness: EdgeHarness) async throws {
        let plain = try await harness.ask(
            "/x", [("X-Secret", "1"), ("X-Country", "DE"), ("X-Edge-Origin", "two.0002")])
        let echo = try OriginEcho(plain.body)
        #expect(echo.origin == "one", "the client cannot choose the origin")
        #expect(echo.target == "/x")
        #expect(echo.first("x-mark") == "GET")
        #expect(echo.first("x-secret") == nil)
        #expect(echo.first("x-country") == nil, "the peer is not trusted")
        #expect(echo.first("x-client-host") == "shop.test")
        #expect(echo.headers.allSatisfy { !$0[0].lowercased().hasPrefix("x-edge-") })
        #expect(plain.first("cdn-cache-control") == "max-age=60")
        #expect(plain.first("cache-control") == "no-cache")
        #expect(plain.first("x-seen") == "/x")

        let routed = try OriginEcho(try await harness.ask("/x", [("X-Beta", "yes")]).body)
        #expect(routed.origin == "two")
        #expect(routed.first("host") == "other.test")
        #expect(routed.first("x-client-host") == "shop.test")

        let rewritten = try await harness.ask("/api/list?page=2")
        #expect(try OriginEcho(rewritten.body).target == "/v2/api/list?k=1")
        #expect(rewritten.first("x-seen") == "/v2/api/list", "response rules see the rewritten path")
        #expect(try await harness.ask("/quiet").first("x-seen") == nil)

        let staged = try await harness.ask("/x", at: harness.staging)
        #expect(try OriginEcho(staged.body).origin == "two")
        #expect(staged.first("x-version") == "shop@2")

        let log: String = try await eventually("the access log") {
            let log = try harness.accessLog()
            let isWhole = ["\"version\":\"shop@2\"", "\"rules\":\"no-admin\"", "\"asked\":\"/api/"].allSatisfy(
                log.contains)
            return isWhole ? log : nil
        }
        let changed = try #require(log.split(separator: "\n").first { $0.contains("\"path\":\"/v2/api/list?k=1\"") })
        #expect(changed.contains(#""asked":"/api/list?page=2""#) && changed.contains(#""rules":"api""#), "\(changed)")
        #expect(log.ranges(of: "\"asked\":\"/").count == 1, "only where a rule changed the path")
        #expect(log.contains(#""configuration":"777:456""#))
        #expect(log.contains(#""environment":"staging""#))
        #expect(log.contains(#""application":"shop""#))
    }

    private func checkFigures(_ harness: EdgeHarness) async throws {
        let answer = try await RawHTTP.request("GET", "/", at: harness.figuresSocket)
        #expect(answer.status == 200)
        #expect(answer.first("x-edge-plan-format") == "1")
        let text = answer.text
        #expect(text.contains(#"{"configuration":123,"ref":"no-admin","hits":1}"#), "\(text)")
        #expect(text.contains(#"{"configuration":123,"ref":"moved","hits":1}"#))
        #expect(text.contains(#"{"configuration":456,"ref":"mark","hits":1}"#))
        #expect(text.contains(#""application":"shop","version":2,"requests":1,"statusClasses":[0,1,0,0,0]"#), "\(text)")
    }

    private func checkRefusal(_ harness: EdgeHarness) async throws {
        let payload = ZonePlanEncoder.encode(try plan())
        var broken = PlanEnvelope.wrap(payload, digest: Digest(bytes: [UInt8](repeating: 9, count: 32)))
        broken[PlanFormat.envelopeSize] ^= 1
        try harness.publish(routes: EdgeHarness.routes(bytes: broken))
        try await eventually("the refusal") { harness.envoy.log.contains("signalbox: plan refused: header: ") }
        #expect(try await harness.ask("/x").status == 200, "the old plan keeps serving")

        let empty = try ModulePlans.zone([], origin: nil)
        try await harness.publish(empty)
        try await eventually("no origin") { try await harness.ask("/x").status == 503 }
        #expect(try await harness.ask("/x").text == "no origin\n")
    }
}

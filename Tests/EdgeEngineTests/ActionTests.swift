import EdgeEngine
import EdgePlan
import RulesLanguage
import Testing

@Suite("Every action, matching and not")
struct ActionTests {
    private typealias S = EngineSamples

    @Test(
        "A redirect ends the request and joins the query",
        arguments: [
            ("/new", "/new?a=1"), ("/new?b=2", "/new?b=2&a=1"), ("/new#top", "/new?a=1#top"),
        ])
    func redirect(target: String, expected: String) throws {
        let plan = S.zone([
            (
                .dynamicRedirect,
                [
                    try S.rule(
                        "other", if: #"http.request.uri.path eq "/no""#,
                        .redirect(target: S.literal("/x"), status: 301, preserveQueryString: false)),
                    try S.rule("moved", .redirect(target: S.literal(target), status: 308, preserveQueryString: true)),
                    try S.rule("late", .redirect(target: S.literal("/y"), status: 301, preserveQueryString: false)),
                ]
            ),
            (.firewallCustom, [try S.rule("block", .block(status: 403, contentType: "text/plain", body: "no"))]),
        ])
        let seen = try S.trace(plan, S.request("/old?a=1"))
        #expect(seen.outcome == .init(kind: .redirect, status: 308, location: expected, rule: "moved"))
        #expect(seen.phases[0].rules.map(\.state) == [.notMatched, .matched, .notEvaluated])
        #expect(seen.phases[1].rules.map(\.state) == [.notEvaluated])
    }

    @Test(
        "A redirect without a usable target goes on",
        arguments: [
            #"http.request.headers["x-none"][0]"#, #"url_decode(http.request.uri.query)"#,
        ])
    func noTarget(expression: String) throws {
        let plan = S.zone([
            (
                .dynamicRedirect,
                [try S.rule("r", .redirect(target: try S.value(expression), status: 302, preserveQueryString: false))]
            )
        ])
        let seen = try S.trace(plan, S.request("/?a%0d%0ab"))
        #expect(seen.outcome.kind == .forward)
        #expect(seen.refusedValues == 1)
    }

    @Test("A block ends the request with its own answer, and only if it matches")
    func block() throws {
        let plan = S.zone([
            (
                .firewallCustom,
                [
                    try S.rule(
                        "b", if: "http.request.method eq \"POST\"",
                        .block(status: 451, contentType: "text/html", body: "<p>"))
                ]
            )
        ])
        let blocked = try S.trace(plan, S.request(method: "POST"))
        #expect(blocked.outcome == .init(kind: .block, status: 451, contentType: "text/html", body: "<p>", rule: "b"))
        #expect(try S.trace(plan).outcome.kind == .forward)
    }

    @Test("Rewrites apply in turn, later conditions see them, raw fields and the host do not change")
    func rewrite() throws {
        let plan = S.zone([
            (
                .transform,
                [
                    try S.rule("one", .rewrite(path: S.literal("/a b"), query: nil)),
                    try S.rule(
                        "two", if: #"http.request.uri.path eq "/a%20b" and raw.http.request.uri.path eq "/x""#,
                        .rewrite(path: nil, query: S.literal("q=1#"))),
                    try S.rule("bad", .rewrite(path: S.literal("relative"), query: nil)),
                    try S.rule("none", .rewrite(path: try S.value(#"http.request.headers["x-none"][0]"#), query: nil)),
                ]
            ),
            (
                .firewallCustom,
                [
                    try S.rule(
                        "sees",
                        if:
                            #"http.request.uri eq "/a%20b?q=1%23" and http.request.full_uri eq "https://shop.example/a%20b?q=1%23" and any(http.request.uri.args["q"][*] eq "1%23") and raw.http.request.uri eq "/x?z=1""#,
                        .log)
                ]
            ),
        ])
        let seen = try S.trace(plan, S.request("/x?z=1"))
        #expect(seen.outcome.path == "/a%20b?q=1%23")
        #expect(seen.phases[1].rules[0].state == .matched)
        #expect(seen.refusedValues == 1)
        #expect(seen.settings.first { $0.name == "path" }?.setBy == "one")
    }

    @Test("An empty query removes the query")
    func emptyQuery() throws {
        let plan = S.zone([(.transform, [try S.rule("r", .rewrite(path: nil, query: S.literal("")))])])
        #expect(try S.trace(plan, S.request("/x?a=1")).outcome.path == "/x")
    }

    @Test("Route settings merge, the last match wins, and what was before is told")
    func route() throws {
        let plan = S.zone([
            (
                .origin,
                [
                    try S.rule("a", .route(hostHeader: "h1", origin: "o.2")),
                    try S.rule("b", .route(hostHeader: nil, origin: "o.3")),
                    try S.rule("c", if: "not ssl", .route(hostHeader: "h9", origin: "o.9")),
                ]
            )
        ])
        let seen = try S.trace(plan)
        #expect(seen.outcome.origin == "o.3")
        #expect(seen.outcome.hostHeader == "h1")
        let origin = seen.settings.first { $0.name == "origin" }
        #expect(origin?.setBy == "b")
        #expect(origin?.overridden.map(\.setBy) == ["settings", "a"])
    }

    @Test("Without an origin the answer is 503")
    func noOrigin() throws {
        #expect(try S.trace(S.zone([], origin: nil)).outcome == .init(kind: .noOrigin, status: 503))
    }

    @Test("A skip passes over the rest of its phase and whole phases, the response phase too")
    func skip() throws {
        let edit = ActionPlan.editResponseHeaders([.init(name: "x-a", operation: .set, value: S.literal("1"))])
        let plan = S.zone([
            (
                .firewallCustom,
                [
                    try S.rule(
                        "skip", if: "ip.src in {192.0.2.0/24}",
                        .skip(SkipPlan(restOfPhase: true, phases: [.lateTransform, .responseHeadersTransform]))),
                    try S.rule("block", .block(status: 403, contentType: "", body: "")),
                ]
            ),
            (
                .lateTransform,
                [try S.rule("edit", .editRequestHeaders([.init(name: "x-a", operation: .remove, value: nil)]))]
            ),
            (.cacheSettings, [try S.rule("cache", .cache([.browserTTL(5)]))]),
            (.responseHeadersTransform, [try S.rule("response", edit)]),
        ])
        let skipped = try S.trace(plan)
        #expect(skipped.outcome.kind == .forward)
        #expect(skipped.requestEdits.isEmpty)
        #expect(skipped.phases[1].skippedBy == "skip")
        #expect(skipped.phases[3].skippedBy == "skip")
        #expect(skipped.responseEdits.map(\.name) == ["cache-control"])
        #expect(try S.trace(plan, S.request(from: "198.51.100.1")).outcome.status == 403)
    }

    @Test("Header edits apply in order; missing values leave them out, unsafe ones are counted")
    func edits() throws {
        let plan = S.zone(
            [
                (
                    .lateTransform,
                    [
                        try S.rule(
                            "a",
                            .editRequestHeaders([
                                .init(name: "x-a", operation: .set, value: S.literal("1")),
                                .init(name: "x-b", operation: .add, value: try S.value("http.host")),
                                .init(
                                    name: "x-c", operation: .set,
                                    value: try S.value(#"http.request.headers["none"][0]"#)),
                                .init(
                                    name: "x-d", operation: .set,
                                    value: try S.value("url_decode(http.request.uri.query)")),
                                .init(name: "x-e", operation: .remove, value: nil),
                            ])),
                        try S.rule(
                            "no", if: "not ssl",
                            .editRequestHeaders([.init(name: "x-z", operation: .remove, value: nil)])),
                    ]
                )
            ], clientHost: "x-host")
        let seen = try S.trace(plan, S.request("/?a%0Ab"))
        #expect(
            seen.requestEdits.map { "\($0.operation) \($0.name) \($0.value ?? "-") \($0.setBy)" } == [
                "set x-host shop.example settings", "set x-a 1 a", "add x-b shop.example a", "remove x-e - a",
            ])
        #expect(seen.refusedValues == 1)
    }

    /// Envoy answers 503 to a request that it would have to send with one of them (found by the differential test).
    @Test("A computed value with a control character is left out, a tab is not", arguments: 0...127)
    func controlCharacters(code: UInt8) throws {
        let digits = (code < 16 ? "0" : "") + String(code, radix: 16)
        let edit = ActionPlan.editRequestHeaders([
            .init(name: "x-a", operation: .set, value: try S.value("url_decode(http.request.uri.query)"))
        ])
        let plan = S.zone([(.lateTransform, [try S.rule("a", edit)])])
        let seen = try S.trace(plan, S.request("/?a%\(digits)b"))
        let isControl = code < 32 && code != 9 || code == 127
        #expect(seen.requestEdits.isEmpty == isControl && seen.refusedValues == (isControl ? 1 : 0))
    }

    @Test(
        "Cache settings become headers; the last match wins for each; outages keep no lifetime",
        arguments: [
            (
                [CacheSettingPlan.edgeTTL(60), .browserTTL(30)], 200,
                ["cdn-cache-control: max-age=60", "cache-control: max-age=30"]
            ),
            ([.edgeTTL(0), .browserTTL(-1)], 404, ["cdn-cache-control: no-cache", "cache-control: no-store"]),
            ([.eligible(false), .browserTTL(30)], 200, ["cache-control: no-store", "x-edge-cache: bypass"]),
            ([.eligible(true), .edgeTTL(60)], 502, []),
            (
                [
                    .edgeTTL(60), .statusTTL(first: 404, last: 404, seconds: 5),
                    .statusTTL(first: 400, last: 599, seconds: 0),
                ],
                404, ["cdn-cache-control: max-age=5"]
            ),
            (
                [
                    .edgeTTL(60), .statusTTL(first: 404, last: 404, seconds: 5),
                    .statusTTL(first: 400, last: 599, seconds: 0),
                ],
                503, ["cdn-cache-control: no-cache"]
            ),
            ([.edgeTTL(60), .statusTTL(first: 404, last: 404, seconds: 5)], 200, ["cdn-cache-control: max-age=60"]),
            ([.edgeTTL(CacheSettingPlan.asOrigin), .statusTTL(first: 404, last: 410, seconds: -1)], 200, []),
            (
                [.edgeTTL(CacheSettingPlan.asOrigin), .statusTTL(first: 404, last: 410, seconds: -1)], 410,
                ["cdn-cache-control: no-store"]
            ),
            // A later lifetime takes what was said of statuses with it.
            (
                [.edgeTTL(1), .statusTTL(first: 404, last: 404, seconds: 5), .edgeTTL(9)], 404,
                ["cdn-cache-control: max-age=9"]
            ),
            (
                [.edgeTTL(60), .staleWhileUpdating(false)], 200,
                ["cdn-cache-control: max-age=60, stale-while-revalidate=0"]
            ),
            ([.edgeTTL(60), .staleWhileUpdating(true)], 200, ["cdn-cache-control: max-age=60"]),
            ([.edgeTTL(0), .staleWhileUpdating(false)], 200, ["cdn-cache-control: no-cache"]),
            ([.key("{}"), .staleWhileUpdating(false)], 200, []),
            ([.edgeTTL(CacheSettingPlan.asOriginOrNone)], 200, ["cdn-cache-control: no-store"]),
            ([.edgeTTL(CacheSettingPlan.asOriginOrNone)], 503, ["cdn-cache-control: no-store"]),
            (
                [.edgeTTL(CacheSettingPlan.asOriginOrNone), .statusTTL(first: 200, last: 299, seconds: 7)], 200,
                ["cdn-cache-control: max-age=7"]
            ),
            ([.edgeTTL(CacheSettingPlan.asOriginOrNone), .edgeTTL(CacheSettingPlan.asOrigin)], 200, []),
            ([.edgeTTL(60), .edgeTTL(CacheSettingPlan.asOriginOrNone)], 200, ["cdn-cache-control: no-store"]),
            ([.browserTTL(30), .browserTTL(CacheSettingPlan.asOrigin), .edgeTTL(CacheSettingPlan.asOrigin)], 200, []),
        ])
    func cache(settings: [CacheSettingPlan], status: Int, expected: [String]) throws {
        let plan = S.zone([
            (
                .cacheSettings,
                [
                    try S.rule(
                        "early",
                        .cache([.browserTTL(1), .edgeTTL(1), .statusTTL(first: 200, last: 503, seconds: 2)])),
                    try S.rule(
                        "forgotten",
                        .cache([.browserTTL(CacheSettingPlan.asOrigin), .edgeTTL(CacheSettingPlan.asOrigin)])),
                    try S.rule("late", .cache(settings)),
                ]
            )
        ])
        let seen = try S.trace(plan, response: EdgeResponse(status: status))
        let headers = seen.responseEdits.map { "\($0.name): \($0.value ?? "")" }
        #expect(headers == expected)
    }

    @Test(
        "Where the origin says how long, bypass by default leaves it to that",
        arguments: [
            ("cache-control", 0), ("cdn-cache-control", 0), ("expires", 0), ("age", 1), ("x-cache-control", 1),
        ])
    func bypassByDefault(header: String, edits: Int) throws {
        let plan = S.zone([
            (.cacheSettings, [try S.rule("r", .cache([.edgeTTL(60), .edgeTTL(CacheSettingPlan.asOriginOrNone)]))])
        ])
        let response = EdgeResponse(status: 200, headers: [.init(header, "max-age=1")])
        #expect(try S.trace(plan, response: response).responseEdits.count == edits)
    }

    @Test("Response rules read both sides and run on the edge's own answers")
    func response() throws {
        let edit = ActionPlan.editResponseHeaders([
            .init(name: "x-a", operation: .set, value: try S.value("http.request.uri.path"))
        ])
        let plan = S.zone(
            [
                (
                    .firewallCustom,
                    [
                        try S.rule(
                            "b", if: #"http.request.uri.path eq "/b""#,
                            .block(status: 403, contentType: "Text/HTML; charset=x", body: ""))
                    ]
                ),
                (
                    .responseHeadersTransform,
                    [
                        try S.rule(
                            "r",
                            if: #"http.response.code eq 403 and http.response.content_type.media_type eq "text/html""#,
                            edit)
                    ]
                ),
            ], version: "x-version")
        #expect(
            try S.trace(plan, S.request("/b")).responseEdits.map { "\($0.name): \($0.value ?? "")" } == [
                "x-version: 777:123", "x-a: /b",
            ])
        let other = EdgeResponse(status: 403, headers: [.init("content-type", "text/html")])
        #expect(try S.trace(plan, S.request("/c"), response: other).responseEdits.last?.value == "/c")
        #expect(try S.trace(plan, S.request("/c")).responseEdits.map(\.name) == ["x-version"])
    }

    @Test("The first selector that holds chooses the configuration, else it is the zone's own")
    func selection() throws {
        func configuration(_ id: Int) -> ConfigurationPlan {
            ConfigurationPlan(
                id: ConfigurationID(rawValue: id), application: "shop", version: id, defaultOrigin: "o.\(id)",
                clientHostHeader: nil, versionHeader: "x-v", phases: [])
        }
        func selector(_ name: String, _ text: String, _ index: Int) throws -> SelectorPlan {
            SelectorPlan(
                environment: "env-" + name, routingRule: name, condition: try S.filter(text), configuration: index)
        }
        let plan = S.zone(
            [],
            selectors: [
                try selector("a", "cf.edge.server_ip in {127.0.0.21}", 1),
                try selector("b", #"starts_with(http.request.uri.path, "/b")"#, 2), try selector("c", "not ssl", 1),
            ], others: [configuration(1), configuration(2)])
        let staged = try S.trace(plan, S.request("/b", to: "127.0.0.21"))
        #expect(staged.configurations == ["777:123", "777:1"])
        #expect(staged.environment == "env-a")
        #expect(staged.selectors.map(\.holds) == [true, nil, nil])
        #expect(staged.label == "shop@1")
        #expect(staged.responseEdits.map(\.value) == ["shop@1"])
        #expect(try S.trace(plan, S.request("/b")).outcome.origin == "o.2")
        let own = try S.trace(plan, S.request("/c"))
        #expect(own.configurations == ["777:123"])
        #expect(own.environment == nil)
        #expect(own.selectors.map(\.holds) == [false, false, false])
    }
}

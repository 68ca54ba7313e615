import EdgeEngine
import EdgePlan
import RulesLanguage
import Testing

/// Rate limits as rules, through the engine.
@Suite("Rate limits")
struct LimitTests {
    private typealias S = EngineSamples

    /// A client of an edge with one plan, on a clock of its own.
    private final class Edge {
        private let plan: AcceptedPlan
        private let port: LimitPort
        private var workspace = Workspace()
        var now: Int64 = 1_700_000_040_000

        init(_ plan: ZonePlan, _ port: LimitPort) throws {
            self.plan = try AcceptedPlan(plan)
            self.port = port
        }

        struct Answer: Equatable {
            var status: Int
            var retryAfter: String?
            var body = ""
        }

        /// - Parameter status: what the origin answers.
        func ask(_ request: EdgeRequest, status: Int = 200) throws -> Answer {
            var request = request
            (request.seconds, request.milliseconds) = (now / 1_000, now % 1_000)
            return try request.shaped().withPicture { picture in
                EdgeEngine.decide(plan, picture, &workspace, limits: port)
                let own = workspace.decision.ownAnswer
                let body = String(decoding: workspace.decision.body, as: UTF8.self)
                let ticket = ResponseTicket(workspace.decision)
                if own == nil { EdgeEngine.resume(plan, ticket, picture, rewritten: nil, &workspace) }
                let response = own ?? EdgeResponse(status: status)
                response.withPicture { EdgeEngine.respond(plan, picture, $0, &workspace, limits: port) }
                let after = response.headers.first { $0.name == "retry-after" }
                return Answer(
                    status: response.status, retryAfter: after.map { String(decoding: $0.value, as: UTF8.self) },
                    body: own == nil ? "" : body)
            }
        }
    }

    private static let blocked = LimitAnswerPlan(status: 429, contentType: "text/plain", body: "slow down\n")

    private func limit(
        _ requests: Int, in period: Int = 10, by characteristics: [CharacteristicPlan] = [.client],
        mitigation: Int = 0, counting: CountingPlan? = nil, answer: LimitAnswerPlan? = blocked
    ) -> ActionPlan {
        .limit(
            LimitPlan(
                period: period, requests: requests, mitigation: mitigation, characteristics: characteristics,
                counting: counting, answer: answer))
    }

    private func statuses(_ edge: Edge, _ requests: [EdgeRequest]) throws -> [Int] {
        try requests.map { try edge.ask($0).status }
    }

    @Test(
        "The rule answers by itself once there are too many, and says when to come back",
        arguments: LimitCounting.allCases)
    func block(_ counting: LimitCounting) throws {
        let plan = S.zone([(.rateLimit, [try S.rule("login", if: #"http.request.uri.path eq "/login""#, limit(2))])])
        try counting.with { port in
            let edge = try Edge(plan, port)
            let login = S.request("/login")
            #expect(try statuses(edge, [login, login]) == [200, 200])
            #expect(try edge.ask(login) == .init(status: 429, retryAfter: "15", body: "slow down\n"))
            #expect(try edge.ask(S.request("/")).status == 200)
            edge.now += 14_999
            #expect(try edge.ask(login) == .init(status: 429, retryAfter: "1", body: "slow down\n"))
            edge.now += 1
            #expect(try edge.ask(login).status == 200)
        }
    }

    @Test("With a mitigation everything is refused for its time", arguments: LimitCounting.allCases)
    func mitigation(_ counting: LimitCounting) throws {
        let plan = S.zone([(.rateLimit, [try S.rule("r", limit(1, mitigation: 60))])])
        try counting.with { port in
            let edge = try Edge(plan, port)
            #expect(try edge.ask(S.request()).status == 200)
            edge.now += 500
            #expect(try edge.ask(S.request()).retryAfter == "60")
            edge.now += 59_001
            #expect(try edge.ask(S.request()).retryAfter == "1")
            edge.now += 999
            #expect(try edge.ask(S.request()).status == 200)
        }
    }

    @Test(
        "Requests are counted together when every characteristic is equal",
        arguments: [
            (
                CharacteristicPlan.client, S.request(), S.request(from: "192.0.2.10"),
                S.request(headers: [("x-key", "b")])
            ),
            (
                .client, S.request(from: "2001:db8::1"), S.request(from: "2001:db8:0:1::1"),
                S.request(from: "2001:db8::2")
            ),
            (.client, S.request(), S.request(from: "::ffff:192.0.2.10"), S.request(from: "::ffff:192.0.2.9")),
            (.host, S.request(), S.request(host: "other.example"), S.request(host: "SHOP.example.")),
            (.path, S.request("/a"), S.request("/b"), S.request("/a?q=1")),
            (
                .header("x-key"), S.request(headers: [("X-Key", "a")]), S.request(headers: [("X-Key", "b")]),
                S.request(headers: [("x-other", "c"), ("x-key", "a")])
            ),
            (.header("x-key"), S.request(), S.request(headers: [("X-Key", "")]), S.request(from: "192.0.2.10")),
            (
                .header("x-key"), S.request(headers: [("x-key", "a"), ("x-key", "b")]),
                S.request(headers: [("x-key", "ab")]), S.request(headers: [("x-key", "a"), ("x-key", "b")])
            ),
            (
                .cookie("sid"), S.request(headers: [("cookie", "a=1; sid=x")]),
                S.request(headers: [("cookie", "sid=y")]), S.request(headers: [("cookie", "sid=x; a=2")])
            ),
        ])
    func characteristics(
        _ characteristic: CharacteristicPlan, _ first: EdgeRequest, _ other: EdgeRequest, _ same: EdgeRequest
    ) throws {
        let plan = S.zone([(.rateLimit, [try S.rule("r", limit(1, by: [characteristic]))])])
        let table = LimitTable(sets: 64)
        let edge = try Edge(plan, table.port)
        #expect(try statuses(edge, [first, other, same]) == [200, 200, 429])
    }

    @Test("Two characteristics: both must be equal; none: all requests together")
    func several() throws {
        let table = LimitTable(sets: 64)
        let both = try Edge(
            S.zone([(.rateLimit, [try S.rule("r", limit(1, by: [.client, .path]))])]), table.port)
        let requests = [S.request("/a"), S.request("/b"), S.request("/a", from: "192.0.2.10"), S.request("/a")]
        #expect(try statuses(both, requests) == [200, 200, 200, 429])
        let none = try Edge(S.zone([(.rateLimit, [try S.rule("all", limit(1, by: []))])]), table.port)
        #expect(try statuses(none, [S.request("/a"), S.request("/b", from: "192.0.2.10")]) == [200, 429])
    }

    @Test(
        "A counting expression decides what counts, also among requests that are not limited",
        arguments: LimitCounting.allCases)
    func countingRequests(_ counting: LimitCounting) throws {
        let posts = CountingPlan(condition: try S.filter(#"http.request.method eq "POST""#), atResponse: false)
        let rules = [try S.rule("r", if: #"http.request.uri.path eq "/api""#, limit(2, counting: posts))]
        try counting.with { port in
            let edge = try Edge(S.zone([(.rateLimit, rules)]), port)
            let read = S.request("/api")
            #expect(try statuses(edge, [read, read, read]) == [200, 200, 200])
            #expect(
                try statuses(edge, [S.request("/other", method: "POST"), S.request("/api", method: "POST")]) == [
                    200, 200,
                ])
            #expect(try statuses(edge, [read, S.request("/other", method: "POST")]) == [429, 200])
        }
    }

    @Test("Among many rules those that count are found, whether they match or not")
    func countingAmongMany() throws {
        let rules = try (0..<40).map { number in
            let counted = #"http.request.uri.path eq "/count/\#(number)""#
            let counting = CountingPlan(condition: try S.filter(counted), atResponse: false)
            return try S.rule(
                "r\(number)", if: #"http.request.uri.path in {"/\#(number)" "/all"}"#,
                limit(1, counting: number.isMultiple(of: 3) ? nil : counting))
        }
        let table = LimitTable(sets: 64)
        let edge = try Edge(S.zone([(.rateLimit, rules)]), table.port)
        for number in 0..<40 {
            #expect(
                try statuses(edge, [S.request("/count/\(number)"), S.request("/\(number)")])
                    == [200, number.isMultiple(of: 3) ? 200 : 429])
        }
        #expect(try edge.ask(S.request("/all")).status == 429)
        #expect(try edge.ask(S.request("/all", from: "192.0.2.77")).status == 200)
    }

    @Test("Failed logins: responses count when they are there", arguments: LimitCounting.allCases)
    func countingResponses(_ counting: LimitCounting) throws {
        let failures = CountingPlan(
            condition: try S.filter(#"http.request.uri.path eq "/login" and http.response.code eq 401"#),
            atResponse: true)
        let rules = [
            try S.rule(
                "r", if: #"http.request.uri.path eq "/login""#,
                limit(2, by: [.header("x-user")], mitigation: 30, counting: failures))
        ]
        let login = S.request("/login", headers: [("x-user", "eve")])
        try counting.with { port in
            let edge = try Edge(S.zone([(.rateLimit, rules)]), port)
            for _ in 0..<5 { #expect(try edge.ask(login, status: 200).status == 200) }
            for _ in 0..<2 { #expect(try edge.ask(login, status: 401).status == 401) }
            #expect(try edge.ask(login, status: 401) == .init(status: 429, retryAfter: "30", body: "slow down\n"))
            #expect(try edge.ask(S.request("/login", headers: [("x-user", "bob")]), status: 401).status == 401)
            #expect(try edge.ask(S.request("/", headers: [("x-user", "eve")]), status: 401).status == 401)
        }
    }

    @Test("Rules are asked in order; what one refuses the next ones do not count")
    func order() throws {
        let table = LimitTable(sets: 64)
        let rules = [try S.rule("tight", limit(1)), try S.rule("wide", limit(3, in: 3_600, by: [.host]))]
        let edge = try Edge(S.zone([(.rateLimit, rules)]), table.port)
        #expect(try statuses(edge, [S.request(), S.request(), S.request(), S.request()]) == [200, 429, 429, 429])
        #expect(try statuses(edge, [S.request(from: "192.0.2.1"), S.request(from: "192.0.2.2")]) == [200, 200])
        #expect(try edge.ask(S.request(from: "192.0.2.3")).status == 429)
    }

    @Test("A rule that only logs marks the request and lets it on")
    func log() throws {
        let table = LimitTable(sets: 64)
        let plan = try AcceptedPlan(S.zone([(.rateLimit, [try S.rule("watch", limit(1, answer: nil))])]))
        var workspace = Workspace()
        var seen: [[Int]] = []
        for _ in 0..<3 {
            try S.request().shaped().withPicture { EdgeEngine.decide(plan, $0, &workspace, limits: table.port) }
            seen.append(Array(workspace.decision.matched.elements))
            #expect(workspace.decision.outcome == .forward)
        }
        #expect(seen == [[], [0], [0]])
    }

    @Test("A request that a skip leads past the limits counts for none, nor does its response")
    func skipped() throws {
        let table = LimitTable(sets: 64)
        let skip = ActionPlan.skip(SkipPlan(restOfPhase: false, phases: [.rateLimit]))
        let every = CountingPlan(condition: try S.filter("http.response.code gt 0"), atResponse: true)
        let edge = try Edge(
            S.zone([
                (.firewallCustom, [try S.rule("own", if: #"http.request.uri.path eq "/own""#, skip)]),
                (.rateLimit, [try S.rule("r", limit(1)), try S.rule("s", limit(1, in: 20, counting: every))]),
            ]), table.port)
        for _ in 0..<5 { #expect(try edge.ask(S.request("/own")).status == 200) }
        #expect(try statuses(edge, [S.request(), S.request()]) == [200, 429])
    }

    @Test("The next plan goes on counting where the limit is the same, and begins anew where it is not")
    func nextPlan() throws {
        let table = LimitTable(sets: 64)
        func edge(_ ref: String, _ requests: Int, other: Int = 9) throws -> Edge {
            let rules = [
                try S.rule("before", limit(other)),
                try S.rule(ref, if: "http.request.version ne \"\"", limit(requests)),
            ]
            return try Edge(S.zone([(.rateLimit, rules)]), table.port)
        }
        #expect(try statuses(edge("r", 2), [S.request(), S.request(), S.request()]) == [200, 200, 429])
        #expect(try edge("r", 2, other: 8).ask(S.request()).status == 429)
        #expect(try edge("r", 3).ask(S.request()).status == 200)
        #expect(try edge("s", 2).ask(S.request()).status == 200)
    }

    @Test("A trace says what is counted and when it would be too much")
    func trace() throws {
        let rules = [
            try S.rule(
                "login", if: #"http.request.uri.path eq "/login""#, limit(5, in: 60, by: [.client, .header("x-key")])),
            try S.rule("watch", limit(2, answer: nil)),
        ]
        let seen = try S.trace(S.zone([(.rateLimit, rules)]), S.request("/login"))
        #expect(seen.outcome.kind == .forward)
        #expect(
            seen.phases[0].rules.map(\.effects) == [
                ["counts the request, by ip.src and header x-key", "more than 5 in 60 s are answered with 429"],
                ["counts the request, by ip.src", "more than 2 in 10 s are logged"],
            ])
    }

    @Test("A plan says which of the request its limits need")
    func needs() throws {
        let none = try AcceptedPlan(S.zone([]))
        #expect(!none.needs.time && !none.needs.client)
        let client = try AcceptedPlan(S.zone([(.rateLimit, [try S.rule("r", limit(1))])]))
        #expect(client.needs.time && client.needs.client && !client.needs.headersAtResponse)
        let failures = CountingPlan(condition: try S.filter("http.response.code eq 401"), atResponse: true)
        let header = try AcceptedPlan(
            S.zone([(.rateLimit, [try S.rule("r", limit(1, by: [.header("x-a")], counting: failures))])]))
        #expect(!header.needs.client && header.needs.headersAtResponse && header.hasResponseRules(0))
    }
}

import EdgePlan
import TestKit
import Testing

/// Rate limits and settings in a real Envoy with two workers.
@Suite(
    "Rate limits in a real Envoy", .serialized,
    .enabled(if: EdgeHarness.missing == nil, Comment(rawValue: EdgeHarness.missing ?? "")))
struct LimitTests {
    private static let answer = LimitAnswerPlan(
        status: 429, contentType: "application/json", body: "{\"slow\":\"down\"}")

    /// Periods of a day, so that a test stays within one window (unless it runs at midnight UTC).
    private func limit(
        _ requests: Int, by characteristics: [CharacteristicPlan], mitigation: Int = 0, counting: CountingPlan? = nil
    ) -> ActionPlan {
        .limit(
            LimitPlan(
                period: 86_400, requests: requests, mitigation: mitigation, characteristics: characteristics,
                counting: counting, answer: Self.answer))
    }

    private func zone(_ rules: [RulePlan], more: [PhasePlan] = []) throws -> ZonePlan {
        try ModulePlans.zone(more + [PhasePlan(phase: .rateLimit, rules: rules)])
    }

    private func run(_ plan: ZonePlan, _ body: (EdgeHarness) async throws -> Void) async throws {
        let harness = try await EdgeHarness.start(plan)
        do {
            try await body(harness)
        } catch {
            Issue.record(error, "\(harness.envoy.log.suffix(2_000))")
        }
        await harness.stop()
    }

    private func statuses(_ harness: EdgeHarness, _ count: Int, _ headers: [(String, String)]) async throws -> [Int:
        Int]
    {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<count { group.addTask { try await harness.ask("/", headers).status } }
            var found: [Int: Int] = [:]
            for try await status in group { found[status, default: 0] += 1 }
            return found
        }
    }

    @Test(
        "Requests at once on both workers: exactly as many as the limit get through, for each client by itself",
        .timeLimit(.minutes(2)))
    func together() async throws {
        let plan = try zone([try ModulePlans.rule("each", "true", limit(50, by: [.header("x-key")], mitigation: 600))])
        try await run(plan) { (harness: EdgeHarness) async throws in
            // Each request has a connection of its own; Envoy spreads them over its workers.
            #expect(try await statuses(harness, 400, [("x-key", "one")]) == [200: 50, 429: 350])
            #expect(try await statuses(harness, 60, [("x-key", "two")]) == [200: 50, 429: 10])
            let workers = try await harness.envoy.stats("listener.*worker_.*downstream_cx_total$").values
            #expect(workers.filter { $0 > 0 }.count >= 2, "\(workers)")
            let refused = try await harness.ask("/", [("x-key", "one")])
            #expect(refused.status == 429 && refused.text == "{\"slow\":\"down\"}")
            #expect(refused.first("content-type") == "application/json" && refused.first("x-version") == "777:123")
            let wait = try #require(refused.first("retry-after").flatMap { Int($0) })
            #expect((1...600).contains(wait))
            #expect(try await harness.ask("/", [("x-key", "three")]).status == 200)
            let figures = try await RawHTTP.request("GET", "/", at: harness.figuresSocket, host: "figures").text
            #expect(figures.contains(#"{"configuration":123,"ref":"each","hits":361}"#), "\(figures)")
            try await eventually("the log") {
                try harness.accessLog().contains(#""rules":"each""#)
            }
        }
    }

    @Test("A new plan goes on counting where the limit is the same", .timeLimit(.minutes(2)))
    func nextPlan() async throws {
        let rule = try ModulePlans.rule("each", "true", limit(3, by: [.client]))
        try await run(try zone([rule])) { (harness: EdgeHarness) async throws in
            for _ in 0..<3 { #expect(try await harness.ask("/").status == 200) }
            #expect(try await harness.ask("/").status == 429)
            let block = try ModulePlans.rule(
                "x", #"http.request.uri.path eq "/x""#, .block(status: 403, contentType: "text/plain", body: "no"))
            try await harness.publish(try zone([rule], more: [PhasePlan(phase: .firewallCustom, rules: [block])]))
            try await eventually("the new plan to refuse /x") { try await harness.ask("/x").status == 403 }
            #expect(try await harness.ask("/").status == 429)
            let wider = try ModulePlans.rule("each", "true", limit(5, by: [.client]))
            try await harness.publish(try zone([wider]))
            try await eventually("the wider limit") { try await harness.ask("/").status == 200 }
        }
    }

    @Test("Responses of the origin count when they are there", .timeLimit(.minutes(2)))
    func responses() async throws {
        let failures = CountingPlan(
            condition: try ModulePlans.condition(
                #"http.response.code eq 401 and any(http.request.headers["x-user"][*] ne "")"#), atResponse: true)
        let rules = [try ModulePlans.rule("logins", "true", limit(2, by: [.header("x-user")], counting: failures))]
        try await run(try zone(rules)) { (harness: EdgeHarness) async throws in
            for _ in 0..<4 { #expect(try await harness.ask("/", [("x-user", "eve")]).status == 200) }
            for _ in 0..<2 {
                #expect(try await harness.ask("/__lab/status/401", [("x-user", "eve")]).status == 401)
            }
            #expect(try await harness.ask("/", [("x-user", "eve")]).status == 429)
            #expect(try await harness.ask("/__lab/status/401", [("x-user", "bob")]).status == 401)
            #expect(try await harness.ask("/", [("x-user", "bob")]).status == 200)
        }
    }

    @Test("Pictures for pages of other sites are refused, and only those", .timeLimit(.minutes(2)))
    func hotlinks() async throws {
        let rules = [
            try ModulePlans.rule("protect", "true", .configure(hotlinkProtection: true)),
            try ModulePlans.rule(
                "off", #"http.request.uri.path contains "/press/""#, .configure(hotlinkProtection: false)),
        ]
        let plan = try ModulePlans.zone([PhasePlan(phase: .configSettings, rules: rules)])
        try await run(plan) { (harness: EdgeHarness) async throws in
            let elsewhere = [("Referer", "https://elsewhere.test/page")]
            let refused = try await harness.ask("/a.png", elsewhere)
            #expect(refused.status == 403 && refused.text == "hotlinking is not allowed\n")
            #expect(try await harness.ask("/a.png", [("Referer", "https://www.shop.test/page")]).status == 200)
            #expect(try await harness.ask("/a.png").status == 200)
            #expect(try await harness.ask("/a.css", elsewhere).status == 200)
            #expect(try await harness.ask("/press/a.png", elsewhere).status == 200)
            try await eventually("the log") { try harness.accessLog().contains(#""rules":"protect""#) }
        }
    }
}

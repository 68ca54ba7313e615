import TestKit
import Testing

extension EndToEnd {
    @Suite("Rate limits")
    struct RateLimitTests {
        private static let rule = """
              http_ratelimit:
                - ref: few-baskets
                  expression: http.request.uri.path eq "/basket"
                  action: block
                  action_parameters:
                    response: {status_code: 420, content_type: text/plain, content: "later"}
                  ratelimit:
                    characteristics: ['http.request.headers["x-visitor"]']
                    period: 3600
                    requests_per_period: 3
                    mitigation_timeout: 7200

            """

        private func tells(_ edge: EdgeScenario, refused count: Int, by version: Int) async throws {
            try await eventually("the figures of version \(version)") {
                let text = try await RawHTTP.request(
                    "GET", "/metrics", at: edge.server, headers: [("Connection", "close")]
                ).text
                return text.split(separator: "\n").contains {
                    $0.hasPrefix("signalbox_rule_hits_total") && $0.contains("version=\"\(version)\"")
                        && $0.hasSuffix("rule=\"few-baskets\"} \(count)")
                }
            }
        }

        @Test func aPromotionGoesOnCountingAndTheFiguresTellWhatWasRefused() async throws {
            let edge = try await EdgeScenario.running(nodes: 1) {
                $0.replacing("  http_ratelimit:\n", with: Self.rule)
            }
            let (production, staging) = (edge.production[0], edge.staging[0])
            func status(_ visitor: String, at address: HostPort) async throws -> Int {
                try await edge.get("/basket", at: address, headers: [("x-visitor", visitor)]).status
            }
            for _ in 0..<3 { #expect(try await status("one", at: production) == 200) }
            let refused = try await edge.get("/basket", at: production, headers: [("x-visitor", "one")])
            #expect(refused.status == 420 && refused.text == "later" && refused.first("retry-after") == "7200")
            #expect(try await status("two", at: production) == 200)
            // Whoever tries on staging does not use up what visitors have.
            #expect(try await status("one", at: staging) == 200)

            // Before the promotion: what a node counted for a version that it no longer serves goes with it.
            try await tells(edge, refused: 1, by: 1)
            try await edge.promoteSecondVersion()
            // Workers take a new plan up one after another; whoever answers refuses.
            try await eventually("a refusal by the new version") {
                let answer = try await edge.get("/basket", at: production, headers: [("x-visitor", "one")])
                #expect(answer.status == 420)
                return answer.first(ShopZone.versionHeader) == "shop@2"
            }
            #expect(try await status("three", at: production) == 200)

            let trace = try await edge.signalbox(
                "trace", "http://\(ShopZone.host)/basket", "--header", "x-visitor: one")
            #expect(trace.output.contains("more than 3 in 3600 s are answered with 420"), "\(trace)")
            try await tells(edge, refused: 1, by: 2)
            await edge.stop()
        }
    }
}

import EdgePlan
import FoundationEssentials
import TestKit
import Testing

/// A request that asks the edge itself, through a real Envoy.
@Suite("Live traces", .serialized, .enabled(if: EdgeHarness.missing == nil, "\(EdgeHarness.missing ?? "")"))
struct LiveTraceTests {
    private let key = TraceKey(tokenDigest: Digest(bytes: [UInt8](repeating: 7, count: 32)))

    private func plan() throws -> ZonePlan {
        let block = try ModulePlans.rule(
            "no-admin", #"starts_with(http.request.uri.path, "/admin")"#,
            .block(status: 403, contentType: "text/plain", body: "no\n"))
        let seen = HeaderEditPlan(name: "x-seen", operation: .set, value: .literal(Array("1".utf8)))
        let phases = [
            PhasePlan(
                phase: .firewallCustom,
                rules: [try ModulePlans.rule("watch", "true", .log), block]),
            PhasePlan(
                phase: .responseHeadersTransform,
                rules: [try ModulePlans.rule("seen", "true", .editResponseHeaders([seen]))]),
        ]
        return try ModulePlans.zone(phases, staged: [phases[0]])
    }

    private func signature(
        _ path: String, method: String = "GET", expires: Int64? = nil, key: TraceKey? = nil
    ) -> String {
        LiveTrace.sign(
            method: Array(method.utf8), host: Array("shop.test".utf8), path: Array(path.utf8),
            expires: expires ?? Int64(Date().timeIntervalSince1970) + 60, nonce: 7, key: key ?? self.key)
    }

    private func told(_ response: RawHTTPResponse) -> [String: String] {
        var found: [String: String] = [:]
        for header in LiveTraceHeader.allCases {
            if let value = response.first("\(header.name)") { found["\(header)"] = value }
        }
        return found
    }

    @Test("A signed request is told what the edge decided; nobody else is", .timeLimit(.minutes(2)))
    func traces() async throws {
        let harness = try await EdgeHarness.start(try plan(), traceKey: key.hexadecimal + "\n")
        do {
            try await check(harness)
        } catch {
            Issue.record(error, "\(harness.envoy.log.suffix(2_000))")
        }
        await harness.stop()
    }

    private func check(_ harness: EdgeHarness) async throws {
        let name = LiveTrace.requestHeader
        let forwarded = try await harness.ask("/a/../x?y=1", [(name, signature("/x?y=1"))])
        var values = told(forwarded)
        #expect(values.removeValue(forKey: "client")?.hasPrefix("127.0.0.1:") == true)
        #expect(
            values == [
                "configurations": "777:123", "version": "777:123", "matched": "watch", "matchedResponse": "seen",
                "outcome": "forward", "origin": "one.0001",
            ])
        let echo = try OriginEcho(forwarded.body)
        #expect(echo.headers.allSatisfy { !$0[0].lowercased().hasPrefix("x-edge-") }, "the origin gets none of it")

        let blocked = told(try await harness.ask("/admin", [(name, signature("/admin"))]))
        #expect(blocked["matched"] == "watch,no-admin" && blocked["endedBy"] == "no-admin")
        #expect(blocked["outcome"] == "block" && blocked["origin"] == nil && blocked["matchedResponse"] == "seen")

        let staged = told(try await harness.ask("/x", [(name, signature("/x"))], at: harness.staging))
        #expect(staged["configurations"] == "777:123 777:456" && staged["version"] == "shop@2")
        #expect(staged["environment"] == "staging" && staged["routingRule"] == "all")
        #expect(staged["matchedResponse"] == nil)

        let other = TraceKey(tokenDigest: Digest(bytes: [UInt8](repeating: 8, count: 32)))
        for (what, headers) in [
            ("unsigned", []), ("empty", [(name, "")]), ("made up", [(name, "1")]),
            ("of another path", [(name, signature("/y"))]),
            ("of another method", [(name, signature("/x", method: "PUT"))]),
            ("of another node", [(name, signature("/x", key: other))]),
            ("over", [(name, signature("/x", expires: Int64(Date().timeIntervalSince1970) - 1))]),
            ("far ahead", [(name, signature("/x", expires: Int64(Date().timeIntervalSince1970) + 600))]),
        ] as [(String, [(String, String)])] {
            let answer = try await harness.ask("/x", headers)
            #expect(answer.status == 200 && told(answer).isEmpty, "\(what)")
            #expect(answer.first(name) == nil, "\(what)")
            #expect(try OriginEcho(answer.body).headers.allSatisfy { $0[0].lowercased() != name }, "\(what)")
        }
    }

    @Test("Without a key nobody is told anything", .timeLimit(.minutes(2)))
    func noKey() async throws {
        let harness = try await EdgeHarness.start(try plan(), traceKey: "no key\n")
        let answer = try await harness.ask("/x", [(LiveTrace.requestHeader, signature("/x"))])
        #expect(answer.status == 200 && told(answer).isEmpty)
        await harness.stop()
    }
}

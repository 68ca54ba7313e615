import EdgeModel
import EdgePlan
import TestKit
import Testing

/// What the differential test found once, in the smallest form.
@Suite("Differences between edge and engine that were found and mended", .serialized)
struct RegressionTests {
    private struct Case: Sendable {
        let name: String
        var target = "/"
        var headers: [(name: String, value: String)] = []
        var isIPv6 = false
        let check: @Sendable (Observation) -> Bool
    }

    private static let cases = [
        Case(name: "an origin's own host is sent") { $0.atOrigin?.host == "two.internal" },
        Case(name: "a rule's host comes before the origin's", target: "/chosen") { $0.atOrigin?.host == "chosen.test" },
        Case(name: "a path of nothing but slashes stays two slashes", target: "//a/..") { $0.atOrigin?.target == "//" },
        Case(name: "setting a header to nothing removes it", headers: [("X-A", "1")]) {
            $0.atOrigin?.headers["x-a"] == nil
        },
        Case(name: "setting a response header to nothing removes it") { $0.headers["x-origin"] == nil },
        Case(name: "adding nothing adds nothing") { $0.headers["x-r"] == nil },
        Case(
            name: "a client on ::1 is not inside",
            headers: [("X-Envoy-Original-Path", "/a"), ("X-Request-Id", "mine")],
            isIPv6: true
        ) { $0.atOrigin?.headers.keys.contains { $0.hasPrefix("x-envoy-") } == false },
        Case(name: "an answer without a body has no type", target: "/blocked") {
            $0.status == 403 && $0.body == "" && $0.headers["content-type"] == nil
        },
    ]

    private static func rule(_ ref: String, _ expression: String, _ action: String, _ parameters: DocumentValue) -> Rule
    {
        Rule(ref: ref, expression: expression, action: action, parameters: parameters)
    }

    private static func headers(_ edits: KeyValuePairs<String, String>) -> DocumentValue {
        .object([
            "headers": .object(
                edits.map { name, operation in
                    DocumentMember(
                        name, .object(["operation": .string(operation), "expression": .string("http.referer")]))
                })
        ])
    }

    private static func snapshot(_ ports: [String: Int]) -> EdgeSnapshot {
        var origin = Origin(name: "two", endpoints: [Origin.Endpoint(address: "127.0.0.1", port: ports["two"] ?? 1)])
        origin.hostHeader = "two.internal"
        let nothing: DocumentValue = .object([
            "status_code": .int(403), "content_type": .string("text/html"), "content": .string(""),
        ])
        let configuration = Configuration(
            origins: [origin],
            rules: [
                .origin: [
                    rule(
                        "host", #"http.request.uri.path eq "/chosen""#, "route",
                        .object(["host_header": .string("chosen.test")]))
                ],
                .firewallCustom: [
                    rule("block", #"http.request.uri.path eq "/blocked""#, "block", .object(["response": nothing]))
                ],
                .lateTransform: [rule("empty", "true", "rewrite", headers(["x-a": "set"]))],
                .responseHeadersTransform: [
                    rule("empty-too", "true", "rewrite", headers(["x-origin": "set", "x-r": "add"]))
                ],
            ])
        let content = EdgeSnapshot.Content(
            id: ConfigurationID(rawValue: 123), digest: Digest.sha256(of: "regressions"), application: nil,
            version: nil,
            configuration: configuration)
        let moment = Timestamp(milliseconds: 0)
        let zone = Zone(
            id: content.id, name: "alpha.test", hosts: ["alpha.test"], digest: content.digest, createdAt: moment,
            updatedAt: moment, author: "lab")
        return EdgeSnapshot(
            account: AccountID(rawValue: 777), zones: [EdgeSnapshot.ZoneContent(zone: zone, content: content)],
            versions: [:], routingRules: [], environments: [], assignments: [], settings: EdgeSettings())
    }

    @Test("Each is as it should be, at the edge and in the engine")
    func each() async throws {
        let edge = try await LabEdge.start()
        let ports = Dictionary(uniqueKeysWithValues: edge.origins.origins.map { ($0.origin, $0.listening.port) })
        let (plan, findings) = PlanCompiler.compile(Self.snapshot(ports))
        #expect(findings.filter { $0.severity == .error }.isEmpty)
        try await edge.serve(plan)
        let engine = try InProcessEdge(plan.production, origins: plan.origins)
        for one in Self.cases {
            let request = ClientRequest(
                method: "GET", target: one.target, host: "alpha.test", headers: one.headers,
                source: one.isIPv6 ? "::1" : "127.0.0.2", server: (one.isIPv6 ? edge.servers6 : edge.servers)[0])
            let answer = try await RawHTTP.exchange(request.bytes, with: request.server, source: request.source)
            let seen = try Observation(answer, method: "GET")
            #expect(one.check(seen), "\(one.name): \(seen)")
            guard case .answered(let expected, _) = engine.expectation(of: request, seconds: 0, explained: true) else {
                Issue.record("\(one.name): the engine gives no answer")
                continue
            }
            #expect(seen.differences(from: expected) == [], "\(one.name)")
        }
        await edge.stop()
    }
}

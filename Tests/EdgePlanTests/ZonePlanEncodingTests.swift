import EdgeEngine
import EdgePlan
import RulesLanguage
import TestKit
import Testing

@Suite("Encoding of zone plans")
struct ZonePlanEncodingTests {
    @Test("Every plan comes back as it was, and the same plan gives the same bytes")
    func roundTrip() throws {
        var samples = SamplePlans(generator: .announced("plan round trip"))
        for _ in 0..<200 {
            let plan = try samples.zone()
            let bytes = ZonePlanEncoder.encode(plan)
            #expect(ZonePlanEncoder.encode(plan) == bytes)
            #expect(try bytes.lent { try ZonePlanDecoder.decode($0) } == plan)
        }
    }

    @Test("A mutated plan is refused or decides without trapping")
    func mutations() throws {
        var samples = SamplePlans(generator: .announced("plan mutations"))
        var (refused, accepted) = (0, 0)
        var workspace = Workspace()
        let request = try EdgeRequest(host: "a.example", target: "/x.html?q=1").shaped()
        for _ in 0..<60 {
            let bytes = ZonePlanEncoder.encode(try samples.zone())
            for _ in 0..<60 {
                var broken = bytes
                for _ in 0...samples.number(3) { broken[samples.number(broken.count)] = UInt8(samples.number(256)) }
                if samples.chance(6) { broken.removeLast(samples.number(broken.count)) }
                broken.lent { payload in
                    guard let plan = try? AcceptedPlan(payload) else {
                        refused += 1
                        return
                    }
                    accepted += 1
                    _ = try? ZonePlanDecoder.decode(payload)
                    request.withPicture { picture in
                        EdgeEngine.decide(plan, picture, &workspace)
                        EdgeEngine.decide(plan, picture, &workspace, recorder: Recorder())
                        let answer = workspace.decision.ownAnswer ?? EdgeResponse()
                        answer.withPicture { EdgeEngine.respond(plan, picture, $0, &workspace) }
                    }
                }
            }
        }
        #expect(refused > 500 && accepted > 50, "refused \(refused), accepted \(accepted)")
    }

    @Test("Hostile table headers are refused", arguments: Array(stride(from: 0, to: 120, by: 4)))
    func header(word: Int) throws {
        var samples = SamplePlans(generator: SeededGenerator(seed: 7))
        var bytes = ZonePlanEncoder.encode(try samples.zone())
        // Account and zone may be any number; everything else of the header is checked.
        let isNumber = (8..<24).contains(word)
        for index in 0..<4 { bytes[word + index] = 0xFE }
        let refusal = bytes.lent { payload in
            do throws(PlanRefusal) {
                _ = try ZonePlanVerifier.verify(payload)
                return PlanRefusal?.none
            } catch {
                return error
            }
        }
        #expect((refusal == nil) == isNumber)
    }

    private func refusal(_ change: (inout ZonePlan) throws -> Void) throws -> String? {
        var plan = ZonePlan(
            account: AccountID(rawValue: 777), zone: ConfigurationID(rawValue: 1), name: "z", hosts: [], selectors: [],
            configurations: [
                ConfigurationPlan(
                    id: ConfigurationID(rawValue: 1), application: nil, version: nil, defaultOrigin: "o",
                    clientHostHeader: nil, versionHeader: nil, phases: [])
            ], trust: TrustPlan())
        try change(&plan)
        do throws(PlanRefusal) {
            _ = try AcceptedPlan(plan)
            return nil
        } catch {
            return error.description
        }
    }

    private func rule(_ phase: Phase, _ action: ActionPlan) throws -> [PhasePlan] {
        [
            PhasePlan(
                phase: phase, rules: [RulePlan(ref: "r", condition: try SamplePlans.filter("true"), action: action)])
        ]
    }

    private static let badLimits: [(@Sendable (inout LimitPlan) -> Void, String)] = [
        ({ $0.period = 0 }, "a limit of 5 in 0 s for 0 s"),
        ({ $0.requests = 1_000_001 }, "a limit of 1000001 in 60 s for 0 s"),
        ({ $0.mitigation = 86_401 }, "a limit of 5 in 60 s for 86401 s"),
        ({ $0.answer?.status = 503 }, "a limit with status 503"),
        ({ $0.answer?.contentType = "a\r\nb" }, "a value holds control characters"),
        ({ $0.characteristics = [.header("X-A")] }, "a characteristic is no header name"),
        ({ $0.characteristics = [.cookie("")] }, "a cookie has no name"),
        (
            { $0.characteristics = Array(repeating: .client, count: 9) },
            "its limit has 9 characteristics in 192 bytes"
        ),
    ]

    @Test("What a plan may not say is refused with its place")
    func refusals() throws {
        #expect(try refusal { _ in } == nil)
        #expect(try refusal { $0.configurations = [] } == "configurations: the zone's own configuration is missing")
        #expect(
            try refusal { $0.trust.trustedPeers = ["10.0.0.1/8"] }
                == "trusted peer 0: it is no network, or not the one its text says")
        #expect(
            try refusal {
                $0.selectors = [
                    SelectorPlan(
                        environment: "e", routingRule: "r", condition: try SamplePlans.filter("true"), configuration: 1)
                ]
            } == "selector 0: there is no configuration 1")
        #expect(
            try refusal {
                $0.configurations[0].phases = try rule(
                    .lateTransform, .editRequestHeaders([.init(name: "host", operation: .remove, value: nil)]))
            } == "rule 0 (r): no rule may write the header host")
        #expect(
            try refusal {
                $0.configurations[0].phases = try rule(
                    .lateTransform,
                    .editRequestHeaders([.init(name: "x-a", operation: .set, value: .literal(Array("a\r\nb".utf8)))]))
            } == "rule 0 (r): a value holds control characters")
        #expect(
            try refusal {
                $0.configurations[0].phases = try rule(
                    .responseHeadersTransform, .block(status: 403, contentType: "", body: ""))
            } == "rule 0 (r): block is no action of http_response_headers_transform")
        #expect(
            try refusal {
                $0.configurations[0].phases = try rule(
                    .dynamicRedirect, .redirect(target: .literal([47]), status: 200, preserveQueryString: false))
            } == "rule 0 (r): redirect with status 200")
        #expect(
            try refusal {
                $0.configurations[0].phases = [
                    PhasePlan(phase: .transform, rules: []), PhasePlan(phase: .dynamicRedirect, rules: []),
                ]
            } == "configuration 0: phase number 0 is out of order")
        let answer = LimitAnswerPlan(status: 429, contentType: "text/plain", body: "")
        let limit = LimitPlan(period: 60, requests: 5, characteristics: [.client], answer: answer)
        #expect(try refusal { $0.configurations[0].phases = try rule(.rateLimit, .limit(limit)) } == nil)
        for (change, reason) in Self.badLimits {
            var bad = limit
            change(&bad)
            #expect(
                try refusal { $0.configurations[0].phases = try rule(.rateLimit, .limit(bad)) } == "rule 0 (r): "
                    + reason)
        }
        #expect(
            try refusal { $0.configurations[0].phases = try rule(.firewallCustom, .limit(limit)) }
                == "rule 0 (r): limit is no action of http_request_firewall_custom")
        #expect(
            try refusal {
                $0.configurations[0].phases = [
                    PhasePlan(phase: .transform, rules: [RulePlan(ref: "r", condition: [1, 2, 3], action: .log)])
                ]
            }?.hasPrefix("program 0: ") == true)
    }

    @Test("Cache settings make sense in their order")
    func cacheSettings() throws {
        let status = CacheSettingPlan.statusTTL(first: 404, last: 404, seconds: 1)
        func refusal(_ settings: CacheSettingPlan...) throws -> String? {
            try self.refusal { $0.configurations[0].phases = try rule(.cacheSettings, .cache(settings)) }
        }
        #expect(try refusal(.edgeTTL(60), status, status, .staleWhileUpdating(true), .key("{}")) == nil)
        for settings in [[status], [.browserTTL(1), status], [.edgeTTL(1), .key("{}"), status]] {
            #expect(
                try self.refusal { $0.configurations[0].phases = try rule(.cacheSettings, .cache(settings)) }
                    == "rule 0 (r): cache setting 3 with 1")
        }
        #expect(
            try refusal(.edgeTTL(1), .statusTTL(first: 500, last: 400, seconds: 0))
                == "rule 0 (r): cache setting 3 with 0")
        #expect(
            try refusal(.edgeTTL(1), .statusTTL(first: 404, last: 404, seconds: CacheSettingPlan.asOrigin))
                == "rule 0 (r): cache setting 3 with -2")
        #expect(try refusal(.edgeTTL(-4)) == "rule 0 (r): cache setting 1 with -4")
        #expect(try refusal(.edgeTTL(CacheSettingPlan.asOriginOrNone)) == nil)
        #expect(
            try refusal(.browserTTL(CacheSettingPlan.asOriginOrNone)) == "rule 0 (r): cache setting 2 with -3")
    }

    @Test("An envelope is refused unless all of it is as announced")
    func envelope() throws {
        let digest = Digest(bytes: (0..<32).map { UInt8($0) })
        let bytes = PlanEnvelope.wrap([1, 2, 3], digest: digest)
        let parts = try bytes.lent { bytes in
            let envelope = try PlanEnvelope(bytes)
            return (Array(envelope.digest), Array(envelope.payload))
        }
        #expect(parts.0 == digest.bytes)
        #expect(parts.1 == [1, 2, 3])
        for change: [UInt8] in [
            Array(bytes.dropLast()), bytes + [0], [0] + Array(bytes.dropFirst()), Array(bytes.prefix(20)),
        ] {
            #expect(throws: PlanRefusal.self) { try change.lent { _ = try PlanEnvelope($0) } }
        }
        var newer = bytes
        newer[4] = 2
        #expect(throws: PlanRefusal("envelope", "plan format 2, but this module reads 1")) {
            try newer.lent { _ = try PlanEnvelope($0) }
        }
    }

    @Test("A plan that does not fit together is named place by place")
    func consistency() throws {
        var samples = SamplePlans(generator: SeededGenerator(seed: 3))
        var zone = try samples.zone()
        zone.configurations = [try samples.configuration(100)]
        zone.configurations[0].defaultOrigin = "gone"
        zone.configurations[0].phases = []
        zone.selectors = [SelectorPlan(environment: "e", routingRule: "r", condition: [], configuration: 4)]
        zone.name = "z"
        zone.hosts = ["a", "a"]
        let network = NetworkPlan(addresses: [], zones: [zone])
        let plan = EdgePlan(
            account: AccountID(rawValue: 1), production: network, lower: NetworkPlan(addresses: [], zones: []),
            origins: [])
        #expect(
            plan.inconsistencies().map(\.description) == [
                "production: host a is served twice", "production, zone z, routing rule r: there is no configuration 4",
                "production, zone z, configuration 100: there is no origin gone",
            ])
    }
}

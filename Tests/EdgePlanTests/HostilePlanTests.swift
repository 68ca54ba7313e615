import EdgeEngine
import EdgePlan
import FoundationEssentials
import RulesLanguage
import TestKit
import Testing

/// What the module does with bytes that somebody broke: it takes them or leaves them, and never traps.
enum HostilePlans {
    struct Result {
        var refused = 0
        var accepted = 0
        var decisions = 0
    }

    /// So many broken plans; each that is accepted decides some random requests and their answers.
    static func run(_ count: Int, generator: SeededGenerator) throws -> Result {
        var mutation = PlanMutation(samples: SamplePlans(generator: generator))
        var result = Result()
        var workspace = Workspace()
        let limits = LimitTable(sets: 8)
        var plan = ZonePlanEncoder.encode(try mutation.samples.zone())
        var requests: [ShapedRequest] = []
        for round in 0..<count {
            if round % 40 == 0 {
                plan = ZonePlanEncoder.encode(try mutation.samples.zone())
                requests = (0..<12).compactMap { _ in mutation.request() }
            }
            let other = round % 7 == 0 ? ZonePlanEncoder.encode(try mutation.samples.zone()) : plan
            let broken = mutation.mutated(plan, with: other)
            broken.lent { payload in
                _ = try? ZonePlanDecoder.decode(payload)
                guard let accepted = try? AcceptedPlan(payload) else {
                    result.refused += 1
                    return
                }
                result.accepted += 1
                for request in requests.shuffled(using: &mutation.samples.generator).prefix(3) {
                    result.decisions += 1
                    request.withPicture { picture in
                        EdgeEngine.decide(accepted, picture, &workspace, limits: limits.port)
                        let answer = workspace.decision.ownAnswer ?? EdgeResponse()
                        answer.withPicture {
                            EdgeEngine.respond(accepted, picture, $0, &workspace, limits: limits.port)
                        }
                        EdgeEngine.decide(accepted, picture, &workspace, recorder: Recorder())
                    }
                }
            }
        }
        return result
    }
}

@Suite struct HostilePlanTests {
    @Test("Broken plans are refused or serve, and never trap")
    func broken() throws {
        let result = try HostilePlans.run(6_000, generator: .announced("hostile plans"))
        print("hostile plans:", result)
        #expect(result.refused > 2_000 && result.accepted > 300 && result.decisions > 600)
    }

    @Test("Bytes that were never a plan are refused")
    func noise() {
        var generator = SeededGenerator.announced("noise as a plan")
        for _ in 0..<2_000 {
            let count = Int.random(in: 0..<400, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            bytes.lent { payload in
                #expect(throws: PlanRefusal.self) { _ = try AcceptedPlan(payload) }
                #expect(throws: PlanRefusal.self) { _ = try PlanEnvelope(payload) }
            }
        }
    }
}

/// The same for as long as one likes: `make soak`; `SIGNALBOX_SOAK` may say how many plans.
@Suite(
    "Soak: hostile plans", .enabled(if: ProcessInfo.processInfo.environment["SIGNALBOX_SOAK"] != nil, "make soak"))
struct HostilePlanSoak {
    @Test("A million broken plans")
    func broken() throws {
        let asked = ProcessInfo.processInfo.environment["SIGNALBOX_SOAK"].flatMap { Int($0) } ?? 1
        let result = try HostilePlans.run(asked > 1 ? asked : 1_000_000, generator: .announced("hostile plans"))
        print("hostile plans:", result)
        #expect(result.accepted > 1_000)
    }
}

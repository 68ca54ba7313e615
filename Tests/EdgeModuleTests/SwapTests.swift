import EdgePlan
import Synchronization
import TestKit
import Testing

@Suite(
    "Plans change under load", .serialized,
    .enabled(if: EdgeHarness.missing == nil, Comment(rawValue: EdgeHarness.missing ?? "")))
struct SwapTests {
    private final class Tally: Sendable {
        let isDone = Atomic(false)
        let answers = Atomic(0)
        let wrong = Atomic(0)
    }

    /// Envoy drops the old plan on a worker while requests still run: each answer must be whole and of one plan.
    @Test("No request fails while the plan is replaced again and again", .timeLimit(.minutes(2)))
    func swaps() async throws {
        func plan(_ number: Int) throws -> ZonePlan {
            let value = ValuePlan.literal(Array("\(number)".utf8))
            let edits = [HeaderEditPlan(name: "x-plan", operation: .set, value: value)]
            return try ModulePlans.zone([
                PhasePlan(
                    phase: .lateTransform,
                    rules: [
                        try ModulePlans.rule(
                            "in", #"http.request.uri.path matches r"^/[a-z]+$""#, .editRequestHeaders(edits))
                    ]),
                PhasePlan(
                    phase: .responseHeadersTransform,
                    rules: [
                        try ModulePlans.rule("out", #"http.request.uri.path eq "/swap""#, .editResponseHeaders(edits))
                    ]),
            ])
        }
        let harness = try await EdgeHarness.start(try plan(0))
        let tally = Tally()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    while !tally.isDone.load(ordering: .relaxed) {
                        tally.answers.add(1, ordering: .relaxed)
                        let answer = try? await harness.ask("/swap")
                        let echo = answer.flatMap { try? OriginEcho($0.body) }
                        if answer?.status != 200 || echo?.first("x-plan") == nil
                            || echo?.first("x-plan") != answer?.first("x-plan")
                        {
                            tally.wrong.add(1, ordering: .relaxed)
                        }
                    }
                }
            }
            do {
                for number in 1...100 { try await harness.publish(try plan(number)) }
            } catch {
                Issue.record(error)
            }
            tally.isDone.store(true, ordering: .relaxed)
        }
        #expect(tally.answers.load(ordering: .relaxed) > 100)
        #expect(tally.wrong.load(ordering: .relaxed) == 0)
        let figures = try await RawHTTP.request("GET", "/", at: harness.figuresSocket).text
        // The configuration stayed, so its counters went on from plan to plan.
        #expect(
            figures.contains(#"{"configuration":123,"ref":"out","hits":\#(tally.answers.load(ordering: .relaxed))}"#),
            "\(figures)")
        print("answers while plans were swapped:", tally.answers.load(ordering: .relaxed))
        await harness.stop()
    }
}

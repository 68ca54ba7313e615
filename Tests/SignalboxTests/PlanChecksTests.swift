import ArgumentParser
import ControlPlane
import EdgeModel
import EdgePlan
import TestKit
import Testing

@testable import signalbox

@Suite struct PlanChecksTests {
    private struct Failing: PlanCheck {
        var name: String { "canary" }
        func findings(for plan: EdgePlan) async -> [Finding] {
            [Finding(.error, CanaryCheck.failed, at: "http://a.example/", "shop@1 answered, not shop@2", remedy: "")]
        }
    }

    /// Nodes that were told nothing serve what was on staging before: that is what is to be mended.
    @Test func withoutAServerThatIsNamedFirst() async throws {
        let bench = try await StateBench.made()
        let session = try Session(GlobalOptions.parse(["--state", bench.state]))
        let name = try #require(ResourceName(rawValue: "shop"))
        let plan = try session.plane(.reading).plan(
            .rollback(application: name, environment: #require(ResourceName(rawValue: "production")), to: nil))
        let alone = await PlanChecks.run([Failing()], on: plan, statePath: bench.state).findings
        #expect(alone.map(\.code) == ["server-not-running", CanaryCheck.failed])
        let listener = try WakeUpListener(statePath: bench.state, answers: [:])
        listener.start()
        let served = await PlanChecks.run([Failing()], on: plan, statePath: bench.state).findings
        #expect(served.map(\.code) == [CanaryCheck.failed])
        listener.stop()
    }
}

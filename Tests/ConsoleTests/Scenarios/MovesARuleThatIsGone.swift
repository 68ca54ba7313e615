import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// After a failure the keys that waited are forgotten.
struct MovesARuleThatIsGone {
    @Test func afterAFailureTheKeysThatWaitedAreForgotten() async throws {
        let shift = try NightShift.withShop()
        try shift.draft("shop", note: "a draft", path: "/draft")
        var console = try await shift.operatorAt("shop@4")
        let before = try shift.redirects(of: 4)
        try console.simulator.press("J J J")
        // Somebody takes the rule away before the first is done.
        let plane = shift.plane(as: "eve")
        let reference = VersionReference(application: try name("shop"), selector: .number(4))
        var configuration = try plane.configuration(of: try plane.resolve(reference))
        configuration.rules[.dynamicRedirect]?.removeAll { $0.ref == before[0] }
        _ = try plane.applyVersion(reference, document: DocumentNode(configuration.document))
        await console.simulator.settle(console.handler)
        #expect(console.screen.contains("is not there any more"))
        #expect(try shift.redirects(of: 4) == Array(before.dropFirst()))
        #expect(console.simulator.model.pressedMeanwhile == [])
    }
}

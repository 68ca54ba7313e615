import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// A question follows the state that it is about.
struct IsAskedAnewWhenTheStateChanges {
    @Test func aQuestionFollowsTheStateThatItIsAbout() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press("p")
        await console.wait(400)
        #expect(console.screen.contains("promote shop@3 to production"))
        // Another version goes to staging before anybody answers.
        try shift.draft("shop", note: "later", path: "/later")
        try shift.apply(.assign(application: name("shop"), version: 4, environment: name("staging")))
        console.simulator.send(.outcome(.stateChanged))
        await console.simulator.settle(console.handler)
        #expect(console.screen.contains("promote shop@4 to production"), "\(console.screen)")
        // What was typed for the question before does not answer this one.
        try await console.press("y")
        #expect(try shift.served("shop") == 2)
        await console.wait(400)
        if console.screen.contains("warning") { try await console.press("w") }
        try await console.press("y")
        #expect(try shift.served("shop") == 4)
    }
}

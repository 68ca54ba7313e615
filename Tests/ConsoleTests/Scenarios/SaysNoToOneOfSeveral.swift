import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// A no to one of several is a no to the rest.
struct SaysNoToOneOfSeveral {
    @Test func noToOneOfSeveralIsNoToTheRest() async throws {
        let shift = try NightShift.withShop()
        try shift.application("blog", zone: "blog.example")
        let version = try shift.draft("blog", note: "next", path: "/next")
        try shift.apply(.assign(application: name("blog"), version: version.number, environment: name("staging")))
        var console = try await shift.operatorAt()
        try await console.press("Space Space p")
        await console.wait(300)
        try await console.press("Esc")
        #expect(console.dialog == nil)
        #expect(console.simulator.model.queue.isEmpty)
    }
}

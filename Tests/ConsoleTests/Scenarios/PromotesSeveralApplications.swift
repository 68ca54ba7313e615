import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// Several rows are asked about one after the other.
struct PromotesSeveralApplications {
    @Test func severalRowsAreAskedAboutOneAfterTheOther() async throws {
        let shift = try NightShift.withShop()
        try shift.application("blog", zone: "blog.example")
        for label in ["shop", "blog"] {
            let version = try shift.draft(label, note: "next", path: "/next")
            try shift.apply(
                .assign(application: name(label), version: version.number, environment: name("staging")))
        }
        var console = try await shift.operatorAt()
        try await console.press("Space Space p")
        #expect(console.screen.contains("1 of 2"))
        await console.wait(300)
        for key in ["w", "s", "y"] { try await console.press(key) }
        #expect(console.screen.contains("2 of 2"), "the next one, not yet answered")
        await console.wait(300)
        try await console.press("n")
        #expect(console.dialog == nil)
        let served = try [shift.served("blog"), shift.served("shop")]
        #expect(served == [2, 2], "blog went on to @2, shop stayed")
    }
}

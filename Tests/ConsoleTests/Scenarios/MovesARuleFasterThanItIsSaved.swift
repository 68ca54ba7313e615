import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// Keys that come faster than a save are done one after the other.
struct MovesARuleFasterThanItIsSaved {
    @Test func keysThatMoveARuleAreDoneOneAfterTheOther() async throws {
        let shift = try NightShift.withShop()
        try shift.draft("shop", note: "a draft", path: "/draft")
        var console = try await shift.operatorAt("shop@4")
        let before = try shift.redirects(of: 4)
        #expect(console.selected == before.first || console.screen.contains(before[0]))
        // Pressed while the first is not even written.
        try console.simulator.press("J J")
        #expect(console.simulator.commands.count == 1, "one at a time")
        await console.simulator.settle(console.handler)
        #expect(try shift.redirects(of: 4).firstIndex(of: before[0]) == 2)
        try console.simulator.press("o o o")
        await console.simulator.settle(console.handler)
        let version = try shift.plane().resolve(
            VersionReference(application: name("shop"), selector: .number(4)))
        let rule = try shift.plane().configuration(of: version).rules(in: .dynamicRedirect).first {
            $0.ref == before[0]
        }
        #expect(rule?.enabled == false, "off, on, off")
    }
}

import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// A rule of a draft is switched in place.
struct SwitchesARuleOffAndOnAgain {
    @Test func aRuleOfADraftIsSwitchedAndSwitchedBack() async throws {
        let shift = try NightShift.withShop()
        try shift.draft("shop", note: "to be changed", path: "/x")
        var console = try await shift.operatorAt("shop@4")
        func isOn() throws -> Bool? {
            let version = try #require(try shift.plane().versions(of: name("shop")).last?.version)
            return try shift.plane().configuration(of: version).rules(in: .dynamicRedirect).first?.enabled
        }
        try await console.press("o")
        #expect(try isOn() == false)
        #expect(console.message.contains("u undoes it"))
        try await console.press("u")
        #expect(try isOn() == true)
    }
}

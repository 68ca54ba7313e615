import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// Rules of a draft are switched and moved without an editor.
struct ChangesRulesInPlace {
    @Test func rulesOfADraftAreSwitchedAndMovedInPlace() async throws {
        let shift = try NightShift.withShop()
        try shift.draft("shop", note: "to be changed", path: "/x")
        var console = try await shift.operatorAt("shop@4")
        try await console.press("o J")
        let version = try #require(try shift.plane().versions(of: name("shop")).last?.version)
        let rules = try shift.plane().configuration(of: version).rules(in: .dynamicRedirect)
        #expect(rules.map(\.ref).prefix(2) == ["older", "old"])
        #expect(rules[1].enabled == false)
        try await console.press("Esc j j Enter o")
        #expect(console.message.contains("locked"), "only drafts change")
    }
}

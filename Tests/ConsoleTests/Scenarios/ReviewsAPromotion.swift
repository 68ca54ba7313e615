import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// Before a promotion somebody reads what it changes: versions, rules, traffic, and the command that does the same.
struct ReviewsAPromotion {
    @Test func theQuestionSaysWhatWouldChangeAndForWhom() async throws {
        let shift = try NightShift.withShop()
        _ = try shift.plane().createNode(name("fra1"), region: "fra")
        var console = try await shift.operatorAt(size: TerminalSize(columns: 120, rows: 50))
        try await console.press("p")
        let screen = console.screen
        #expect(screen.contains("promote shop@3 to production (now shop@2)"))
        #expect(screen.contains("on edge1"), "which account")
        #expect(screen.contains("changes production traffic"))
        #expect(screen.contains("+ production: if cf.zone.name eq \"example.com\" then use shop version 3"))
        #expect(screen.contains("to-campaign-3"), "the rule that comes")
        #expect(screen.contains("= signalbox promote shop --to production"))
        #expect(try shift.served("shop") == 2, "reading changes nothing")
    }
}

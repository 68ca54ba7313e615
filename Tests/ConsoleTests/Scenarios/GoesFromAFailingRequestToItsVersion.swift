import ControlPlane
import EdgeModel
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// A request failed; which version answered it, and by which rule, is one key away.
struct GoesFromAFailingRequestToItsVersion {
    private func failing(rules: [String] = []) async throws -> Operator {
        let shift = try NightShift.withShop()
        shift.traffic.withLock { $0 = [figures("shop", 2, failing: 9)] }
        shift.failures.withLock {
            $0 = [
                FailingRequest(
                    at: shift.now.advanced(byMilliseconds: -4_000), method: "POST", host: "example.com",
                    path: "/checkout/pay", status: 503, flags: "UF", version: "shop@2", rules: rules)
            ]
        }
        var console = try await shift.operatorAt()
        try await console.press("g x")
        #expect(console.screen.contains("/checkout/pay"))
        return console
    }

    @Test func enterOpensTheVersionThatAnswered() async throws {
        var console = try await failing()
        try await console.press("Enter")
        #expect(console.simulator.model.screen.place == .version(try name("shop"), 2))
    }

    @Test func theCursorIsOnTheRuleThatDecided() async throws {
        var console = try await failing(rules: ["old", "older"])
        try await console.press("Enter")
        #expect(console.simulator.model.screen.selected == "rule/older")
        try await console.press("k")
        #expect(console.simulator.model.screen.selected == "rule/old", "and it goes on from there")
    }

    @Test func itIsComparedAndRolledBackFromThere() async throws {
        var console = try await failing()
        try await console.press("b")
        #expect(console.screen.contains("roll back to shop@1 in production (now shop@2)"))
        try await console.press("Esc")
        try await console.press("d")
        #expect(
            console.simulator.model.screen.place == .difference(.init(try name("shop"), 2), .init(try name("shop"), 3)))
    }
}

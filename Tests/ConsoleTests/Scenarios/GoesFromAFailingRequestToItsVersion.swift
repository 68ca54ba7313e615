import ControlPlane
import EdgeModel
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// A request failed; which version answered it is one key away.
struct GoesFromAFailingRequestToItsVersion {
    @Test func enterOpensTheVersionThatAnswered() async throws {
        let shift = try NightShift.withShop()
        shift.traffic.withLock { $0 = [figures("shop", 2, failing: 9)] }
        shift.failures.withLock {
            $0 = [
                FailingRequest(
                    at: shift.now.advanced(byMilliseconds: -4_000), method: "POST", host: "example.com",
                    path: "/checkout/pay", status: 503, flags: "UF", version: "shop@2")
            ]
        }
        var console = try await shift.operatorAt()
        try await console.press("g x")
        #expect(console.screen.contains("/checkout/pay"))
        try await console.press("Enter")
        #expect(console.simulator.model.screen.place == .version(try name("shop"), 2))
    }
}

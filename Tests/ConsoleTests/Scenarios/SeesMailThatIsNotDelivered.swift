import ControlPlane
import EdgeModel
import MailRouting
import TerminalUI
import Testing

@testable import Console

/// A destination that fails is seen from everywhere and stands first.
struct SeesMailThatIsNotDelivered {
    @Test func aDestinationThatFailsIsSeenFromEverywhereAndStandsFirst() async throws {
        let shift = try NightShift.withShop()
        try shift.routeMail()
        var console = try await shift.operatorAt(size: TerminalSize(columns: 180, rows: 30))
        #expect(!console.screen.contains("✗ 1"))
        try shift.receiveMail()
        // The store tells of a write; the revision is as it was.
        console.simulator.send(.outcome(.stateChanged))
        await console.simulator.settle(console.handler)
        #expect(console.screen.contains("✗ 1"))
        try await console.press("g f")
        #expect(console.screen.contains("email destination desk@slow.example"))
        #expect(console.screen.contains("mail to it is not delivered"))
        try await console.press("g D")
        #expect(console.first(["desk@slow.example", "new@dest.example", "ops@dest.example"]) == "desk@slow.example")
        #expect(console.screen.contains("connection timed out"))
        // It is over with the next that arrives.
        try shift.receive(
            "well", ago: 0, from: "carol@friend.example", to: "desk@example.com", rule: "desk", .forward,
            delivered: ("desk@slow.example", .delivered, "250 Ok"))
        console.simulator.send(.outcome(.stateChanged))
        await console.simulator.settle(console.handler)
        #expect(!console.screen.contains("✗ 1"))
        // What is not confirmed comes before what is well.
        #expect(console.first(["desk@slow.example", "new@dest.example"]) == "new@dest.example")
    }
}

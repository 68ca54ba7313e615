import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// The nodes acknowledge one by one, and there is a while to undo it.
struct WatchesTheNodesAndUndoesIt {
    @Test func theNodesAcknowledgeOneByOneAndTheUndoWindowIsTold() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press("b")
        await console.wait(300)
        try await console.press("y")
        let token = try #require(console.simulator.model.following.last?.token)
        func tell(_ nodes: [String], _ missing: [String], _ state: Acknowledged.State) throws {
            let acknowledged = Acknowledged(
                nodes: try nodes.map { try name($0) }, missing: try missing.map { try name($0) }, after: 42,
                state: state)
            console.simulator.send(.outcome(.acknowledged(token, acknowledged)))
        }
        try tell(["fra1"], ["hil1"], .waiting)
        #expect(console.message.contains("fra1 ✓ hil1 …"))
        try tell(["fra1", "hil1"], [], .done)
        #expect(console.message.contains("fra1 ✓ hil1 ✓ after 42 ms"))
        #expect(
            console.screen.contains("u undoes it (4:59)") || console.screen.contains("u undoes it (5:00)"))

        try await console.press("u")
        await console.wait(300)
        try await console.press("y")
        #expect(try shift.served("shop") == 2)
    }
}

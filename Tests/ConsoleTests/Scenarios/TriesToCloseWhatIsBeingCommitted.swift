import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// A change that is on its way is followed to its end.
struct TriesToCloseWhatIsBeingCommitted {
    @Test func whatIsBeingCommittedCannotBeClosedAway() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press("b")
        await console.wait(300)
        try console.simulator.press("y Esc n q Ctrl-C")
        #expect(console.dialog != nil)
        await console.simulator.settle(console.handler)
        #expect(console.dialog == nil)
        #expect(console.message.contains("u undoes it"))
        #expect(console.simulator.model.log.count == 1)
    }
}

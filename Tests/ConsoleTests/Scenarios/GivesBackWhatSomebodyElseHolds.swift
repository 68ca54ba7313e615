import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// A staging address belongs to its holder.
struct GivesBackWhatSomebodyElseHolds {
    @Test func whatSomebodyElseHoldsIsNotGivenBack() async throws {
        let shift = try NightShift.withShop()
        let until = shift.now.advanced(byMilliseconds: 3_600_000)
        let plane = shift.plane(as: "bob")
        try plane.apply(
            try plane.plan(
                .reservation(
                    .reserve(
                        application: name("shop"), version: 2, environment: name("staging"), address: "127.0.0.22",
                        holder: "bob", until: until))))
        var console = try await shift.operatorAt()
        try await console.press("g i G x")
        #expect(console.dialog == nil)
        #expect(console.message.contains("bob holds it"))
    }
}

import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// The first day: the state is empty, and what is done elsewhere is seen here by itself.
struct BeginsWithNothing {
    @Test func theNextStepIsNamedUntilThereIsAnApplication() async throws {
        let shift = try NightShift()
        var console = try await shift.operatorAt()
        for way in [":zone import FILE", "signalbox state restore FILE", "signalbox --state FILE"] {
            #expect(console.screen.contains(way))
        }
        // Somebody imports a zone and makes an application of it, in another window.
        try shift.application("shop", zone: "example.com")
        console.simulator.send(.outcome(.stateChanged))
        await console.simulator.settle(console.handler)
        #expect(console.rows.count == 1)
        #expect(!console.screen.contains(":zone import FILE"))
    }
}

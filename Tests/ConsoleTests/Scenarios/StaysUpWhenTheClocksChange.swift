import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// The clock follows the season.
struct StaysUpWhenTheClocksChange {
    @Test func theClockFollowsTheSeason() async throws {
        let shift = try NightShift.withShop()
        let console = try await shift.operatorAt()
        var setup = console.simulator.model.setup
        let change = setup.startedAt.advanced(byMilliseconds: 60_000)
        setup.zoneOffset = { $0 < change ? 60 : 120 }
        var simulator = Simulator<Console>(ConsoleModel(setup), size: TerminalSize(columns: 100, rows: 30))
        simulator.send(.started)
        await simulator.settle(console.handler)
        #expect(simulator.text.contains("+0100"))
        simulator.advance(milliseconds: 60_000)
        #expect(simulator.text.contains("+0200"))
    }
}

import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// One key ends a command that runs, and not the console.
struct EndsACommandThatRuns {
    @Test func aCommandThatRunsIsEndedByOneKeyAndNotTheConsole() async throws {
        var console = try await NightShift.withShop().operatorAt()
        console.simulator.type(":doctor")
        try console.simulator.press("Enter")
        guard case .run(.run(_, let id), id: let named)? = console.simulator.takeCommands().last else {
            Issue.record("no command runs")
            return
        }
        #expect(named == id)
        try console.simulator.press("Ctrl-C")
        #expect(console.simulator.status == nil)
        #expect(console.screen.contains("asked to end"))
        console.simulator.send(.outcome(.ran(["doctor"], id, CommandAnswer(status: 143, output: "", errors: ""))))
        #expect(console.simulator.model.running == [])
    }
}

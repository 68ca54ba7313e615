import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// Every text names the keys that a person has set.
struct FindsHerOwnKeysInEveryText {
    @Test func textsTakeTheirKeysFromTheKeyMap() async throws {
        let shift = try NightShift.withShop()
        let console = try await shift.operatorAt("shop")
        var setup = console.simulator.model.setup
        let own = ["undo": "F9", "assign": "F8", "open": "F7", "help": "F1", "go-nodes": "F6"]
        let problems = setup.take(
            try own.map { KeyOverride($0.key, [try #require(KeySequence($0.value))]) }.sorted { $0.action < $1.action })
        #expect(problems.isEmpty)
        var simulator = Simulator<Console>(ConsoleModel(setup), size: TerminalSize(columns: 120, rows: 30))
        simulator.send(.started)
        await simulator.settle(console.handler)
        var other = Operator(simulator: simulator, handler: console.handler)
        #expect(
            other.screen.contains("F7 open") && other.screen.contains("F8 stage") && other.screen.contains("F1 help"))
        try await other.press("j p")
        #expect(other.message.contains("F8 puts it there"))
        try await other.press("F6")
        #expect(other.simulator.model.screen.place == .nodes)
        try await other.press("g a b")
        await other.wait(300)
        try await other.press("y")
        #expect(other.message.contains("F9 undoes it"))
    }
}

import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// People's own keys are taken.
struct SetsHerOwnKeys {
    @Test func peoplesOwnKeysAreTaken() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt("shop", size: TerminalSize(columns: 100, rows: 30))
        var setup = console.simulator.model.setup
        let problems = setup.take([KeyOverride("help", [try #require(KeySequence("g h"))]), KeyOverride("fly", [])])
        #expect(problems == ["there is no action \"fly\""])
        #expect(setup.keys.key(for: .action(.help), in: [])?.string == "g h")
        #expect(setup.keys.help([], search: "help").flatMap(\.rows).map(\.keys.string) == ["g h"])
        try await console.press("?")
        #expect(console.simulator.access.first(.help) != nil)
    }
}

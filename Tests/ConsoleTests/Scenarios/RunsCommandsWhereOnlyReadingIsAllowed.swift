import ControlPlane
import EdgeModel
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// Who may only read runs what only reads.
struct RunsCommandsWhereOnlyReadingIsAllowed {
    @Test(arguments: [("rule list", true), ("history", true), ("rule add x", false), ("trace --unsafe u", false)])
    func aConsoleThatOnlyReadsRunsWhatReads(command: String, runs: Bool) async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt("nodes", readOnly: true)
        try await console.press(":")
        await console.type(command == "history" ? "history --last 3" : command)
        try await console.press("Enter")
        #expect(shift.commands.withLock(\.count) == (runs ? 1 : 0))
    }
}

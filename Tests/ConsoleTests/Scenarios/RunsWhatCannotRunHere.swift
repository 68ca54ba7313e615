import ControlPlane
import EdgeModel
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// A command that has no place in here says why.
struct RunsWhatCannotRunHere {
    @Test(arguments: [
        ("version edit shop@2", "e on the version"), ("serve", "does not end by itself"),
        ("status --watch", "does not end by itself"), ("rule list --state other.db", "another state"),
    ])
    func whatCannotRunHereSaysWhy(command: String, why: String) async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press(":")
        await console.type(command)
        try await console.press("Enter")
        #expect(console.message.contains(why), "\(console.message)")
        #expect(shift.commands.withLock(\.count) == 0)
    }
}

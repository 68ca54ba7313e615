import ControlPlane
import EdgeModel
import EdgePlan
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// The command bar speaks the command line's language.
struct SpeaksTheCommandLine {
    @Test func theCommandBarSpeaksTheCommandLine() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press(":")
        await console.type("rou")
        #expect(console.screen.contains(":routing"), "the rest is offered")
        try await console.press("Tab Enter")
        #expect(console.simulator.model.screen.place == .routing)

        try await console.press(":")
        await console.type("rollback shop --to 1")
        try await console.press("Enter")
        #expect(console.dialog?.id == "change.1")
        try await console.press("Esc :")
        await console.type("trace http://example.com/ --ip '192.0.2.1'")
        try await console.press("Enter")
        #expect(shift.commands.withLock(\.self) == [["trace", "http://example.com/", "--ip", "192.0.2.1"]])
        #expect(console.screen.contains("said by trace"))
        try await console.press("Esc : Up Enter")
        #expect(shift.commands.withLock(\.count) == 2, "the history brings it back")
        try await console.press("Esc :")
        await console.type("nonsense")
        try await console.press("Enter")
        #expect(console.message.contains("neither a list nor a command"))
        #expect(!console.message.contains("did you mean"))
        try await console.press(":")
        await console.type("promot shop")
        try await console.press("Enter")
        #expect(console.message.contains("did you mean 'promote'?"))
    }
}

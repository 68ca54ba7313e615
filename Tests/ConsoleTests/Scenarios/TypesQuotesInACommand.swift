import ControlPlane
import EdgeModel
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// Quotes mean what they mean in a shell.
struct TypesQuotesInACommand {
    @Test func quotesAreReadAsAShellReadsThem() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press(":")
        await console.type(#"trace "a \"b\" \c" 'd \e' f\ g"#)
        try await console.press("Enter")
        #expect(shift.commands.withLock(\.last) == ["trace", #"a "b" \c"#, #"d \e"#, "f g"])
    }
}

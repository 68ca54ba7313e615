import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// Keys that were typed ahead confirm nothing.
struct TypesTooFast {
    @Test func keysTypedAheadConfirmNothing() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press("b y y y")
        #expect(try shift.served("shop") == 2)
        await console.wait(299)
        try await console.press("y")
        #expect(try shift.served("shop") == 2)
        #expect(console.message.contains("too early"), "or nobody knows why nothing happens")
        await console.wait(1)
        try await console.press("y")
        #expect(try shift.served("shop") == 1)
    }
}

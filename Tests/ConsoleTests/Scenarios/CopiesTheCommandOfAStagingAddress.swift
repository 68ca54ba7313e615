import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// Of a staging address the command that asks it is copied.
struct CopiesTheCommandOfAStagingAddress {
    @Test func ofAStagingAddressTheCommandIsCopied() async throws {
        var console = try await NightShift.withShop().operatorAt()
        try await console.press("g i y")
        #expect(console.simulator.copied.last?.hasPrefix("curl --connect-to ::") == true)
    }
}

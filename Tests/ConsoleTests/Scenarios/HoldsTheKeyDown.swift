import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// The key that asks never answers, and Enter cancels.
struct HoldsTheKeyDown {
    @Test func theKeyThatAsksNeverConfirmsAndCancelHasTheFocus() async throws {
        let shift = try NightShift.withShop()
        for keys in ["b", "p"] {
            var console = try await shift.operatorAt()
            try await console.press(keys)
            await console.wait(1_000)
            try await console.press("\(keys) \(keys) Enter")
            #expect(console.dialog == nil, "Enter cancels")
            #expect(try shift.served("shop") == 2)
        }
    }
}

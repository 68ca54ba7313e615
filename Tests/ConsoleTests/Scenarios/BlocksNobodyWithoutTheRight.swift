import ControlPlane
import EdgeModel
import MailRouting
import TerminalUI
import Testing

@testable import Console

/// Who only reads blocks nobody.
struct BlocksNobodyWithoutTheRight {
    @Test func whoOnlyReadsBlocksNobody() async throws {
        let shift = try NightShift.withMail()
        var console = try await shift.operatorAt("activity", readOnly: true)
        try await console.press("B")
        #expect(console.dialog == nil)
        #expect(console.message.contains("only reads"))
    }
}

import ControlPlane
import EdgeModel
import MailRouting
import TerminalUI
import Testing

@testable import Console

/// Where there is no mail yet the next command is named.
struct BeginsWithMail {
    @Test func withoutMailTheNextCommandIsNamed() async throws {
        for (place, next) in [
            ("email", ":email domain add"), ("destinations", ":email destination add"),
            ("activity", ":email postfix setup"), ("workers", ":email worker new"),
        ] {
            let console = try await NightShift.withShop().operatorAt(place)
            #expect(console.screen.contains(next))
        }
    }
}

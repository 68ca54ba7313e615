import ControlPlane
import EdgeModel
import MailRouting
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// A state that serves no HTTP is not empty.
struct FindsMailWithoutAnyZone {
    @Test func whatThereIsIsNamed() async throws {
        let shift = try NightShift()
        try shift.routeMail()
        let console = try await shift.operatorAt()
        #expect(!console.screen.contains("This state is empty"), "\(console.screen)")
        for words in [":email ", ":destinations ", ":workers ", ":zone import FILE"] {
            #expect(console.screen.contains(words), "\(words) in \(console.screen)")
        }
        #expect(!console.screen.contains(":sources"))
    }
}

import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// Somebody makes the window small and large again while a question is open.
struct ResizesTheWindowInAQuestion {
    @Test func theQuestionStaysAndIsStillAnswered() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press("b")
        await console.wait(300)
        for size in [TerminalSize(columns: 60, rows: 16), .init(columns: 20, rows: 4), .init(columns: 200, rows: 50)] {
            console.simulator.send(event: .resize(size))
            #expect(console.simulator.frame.surface.size == size)
        }
        #expect(console.screen.contains("roll back to shop@1 in production"))
        try await console.press("y")
        #expect(try shift.served("shop") == 1)
    }

    @Test func inASmallWindowTheFirstLineIsReadWhole() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt(size: TerminalSize(columns: 60, rows: 20))
        try await console.press("p")
        let words = console.screen.split(whereSeparator: { " │\n".contains($0) }).joined(separator: " ")
        #expect(words.contains("promote shop@3 to production (now shop@2)"), "\(console.screen)")
    }
}

import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// Where the terminal does not copy, the text is shown bare.
struct CopiesARowTwice {
    @Test func copiedTwiceItIsShownWithoutFrames() async throws {
        var console = try await NightShift.withShop().operatorAt("shop@2")
        try await console.press("y")
        #expect(console.simulator.copied.count == 1)
        #expect(console.message.contains("again"))
        try await console.press("y")
        #expect(!console.screen.contains("│"))
        #expect(console.screen.contains("http.request.uri.path eq \"/old\""))
        #expect(!console.screen.contains("⟨09⟩"), "columns are set apart")
        try await console.press("x")
        #expect(console.screen.contains("│"))
    }
}

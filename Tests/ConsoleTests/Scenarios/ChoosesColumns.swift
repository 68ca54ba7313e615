import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// Columns are chosen and stay chosen.
struct ChoosesColumns {
    @Test func columnsAreChosenAndStayChosen() async throws {
        var console = try await NightShift.withShop().operatorAt(size: TerminalSize(columns: 110, rows: 30))
        #expect(console.screen.contains("LATEST"))
        try await console.press("C")
        let place = try #require(
            console.simulator.access.first(.menu)?.children.firstIndex { $0.label.string == "LATEST" })
        try await console.press(Array(repeating: "j", count: place).joined(separator: " ") + " Space Esc")
        #expect(!console.screen.contains("LATEST"))
        try await console.press("Enter Esc")
        #expect(!console.screen.contains("LATEST"), "also after having been elsewhere")
    }
}

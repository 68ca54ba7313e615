import ControlPlane
import EdgeModel
import EdgePlan
import TerminalUI
import Testing

@testable import Console

/// The list is sorted anew, and the cursor stays on its row.
struct KeepsTheRowUnderTheCursor {
    @Test func aRowNeverMovesUnderTheCursor() async throws {
        let shift = try NightShift.withShop()
        for index in 1...4 { try shift.application("app-\(index)", zone: "zone\(index).example") }
        var console = try await shift.operatorAt()
        try await console.press("j j")
        let (before, line) = (console.selected, console.rows.firstIndex(where: \.isSelected))
        console.simulator.send(.outcome(.live(picture([figures("shop", 2, failing: 90)]))))
        #expect(console.selected == before)
        #expect(console.rows.firstIndex(where: \.isSelected) == line, "the order is held")
        await console.wait(6_000)
        console.simulator.send(.outcome(.live(picture([figures("shop", 2, failing: 90)]))))
        #expect(console.rows.first?.value.string.contains("shop") == true)
        #expect(console.selected == before, "the cursor is on the same application still")
    }
}

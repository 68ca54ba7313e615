import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// A click selects, a second one opens, the wheel moves.
struct UsesTheMouse {
    @Test func aClickSelectsASecondOneOpensAndTheWheelMoves() async throws {
        let shift = try NightShift.withShop()
        for index in 1...4 { try shift.application("app-\(index)", zone: "zone\(index).example") }
        var console = try await shift.operatorAt()
        let row = Point(5, 5)
        console.simulator.send(event: .mouse(MouseEvent(.press, at: row)))
        #expect(console.rows.first?.isSelected == true, "the mouse is the terminal's until somebody says otherwise")
        #expect(!console.simulator.frame.modes.mouse)
        try await console.press(":")
        await console.type("mouse on")
        try await console.press("Enter")
        #expect(console.simulator.frame.modes.mouse)
        console.simulator.send(event: .mouse(MouseEvent(.press, at: row)))
        #expect(console.rows.firstIndex(where: \.isSelected) == 2)
        console.simulator.send(event: .mouse(MouseEvent(.wheelUp, at: row, button: .none)))
        #expect(console.rows.firstIndex(where: \.isSelected) == 0)
        console.simulator.send(event: .mouse(MouseEvent(.press, at: row)))
        console.simulator.send(event: .mouse(MouseEvent(.doublePress, at: row)))
        #expect(console.simulator.model.screen.place == .versions(try name("app-3")))
    }
}

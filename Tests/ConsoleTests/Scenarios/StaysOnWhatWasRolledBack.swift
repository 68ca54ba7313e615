import ControlPlane
import EdgeModel
import EdgePlan
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// What was acted on stays under the cursor when it heals and sinks.
struct StaysOnWhatWasRolledBack {
    @Test func whatWasActedOnStaysUnderTheCursor() async throws {
        let shift = try NightShift.withShop()
        try shift.application("blog", zone: "blog.example")
        shift.traffic.withLock { $0 = [figures("shop", 2, failing: 90)] }
        var console = try await shift.operatorAt()
        try await console.press("b")
        await console.wait(300)
        try await console.press("y")
        console.simulator.send(.outcome(.live(picture([figures("shop", 1)]))))
        await console.wait(6_000)
        console.simulator.send(.outcome(.live(picture([figures("shop", 1)]))))
        #expect(console.labels.first == "blog", "it healed and sank")
        #expect(console.rows.first { $0.isSelected }?.value.string.contains("shop") == true)
    }
}

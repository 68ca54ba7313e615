import ControlPlane
import EdgeModel
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// Somebody wants the applications in another order.
struct SortsByAColumn {
    @Test func theOrderIsThatOfTheColumnAndTurnsRound() async throws {
        let shift = try NightShift.withShop()
        for index in 1...3 { try shift.application("app-\(index)", zone: "zone\(index).example") }
        shift.traffic.withLock {
            $0 =
                (1...3).map { figures("app-\($0)", 1, perSecond: Double($0) * 10) }
                + [figures("shop", 2, perSecond: 5, failing: 40)]
        }
        var console = try await shift.operatorAt()
        func names() -> [String] {
            console.rows.compactMap { row in
                ["shop", "app-1", "app-2", "app-3"].first { row.value.string.contains($0) }
            }
        }
        #expect(names().first == "shop", "trouble comes first")
        try await console.press("s s")
        #expect(names() == ["app-1", "app-2", "app-3", "shop"], "\(console.screen)")
        #expect(console.screen.contains("APPLICATION ↑"))
        try await console.press("S")
        #expect(names() == ["shop", "app-3", "app-2", "app-1"])
    }
}

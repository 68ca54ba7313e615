import ControlPlane
import EdgeModel
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// Twelve applications, one of them fails: it stands first, and two keys put it back.
struct SeesTroubleAndRollsItBack {
    @Test func theFailingApplicationComesFirstAndTwoKeysRollItBack() async throws {
        let shift = try NightShift.withShop()
        for index in 1...11 { try shift.application("app-\(index)", zone: "zone\(index).example") }
        shift.traffic.withLock {
            $0 = [figures("app-1", 1, perSecond: 900), figures("shop", 2, failing: 60)]
        }
        var console = try await shift.operatorAt()
        #expect(console.rows.count == 12)
        #expect(console.rows[0].value.string.contains("shop"))
        #expect(console.rows[0].isSelected)

        try await console.press("b")
        #expect(console.screen.contains("roll back to shop@1 in production (now shop@2)"))
        #expect(console.screen.contains("@2 new checkout"), "what else it takes back")
        await console.wait(300)
        try await console.press("y")
        #expect(try shift.served("shop") == 1)
        #expect(console.dialog == nil)
        #expect(console.message.contains("roll back shop in production"))
        #expect(console.message.contains("u undoes it"))
    }
}

import ControlPlane
import EdgeModel
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// From seeing trouble to having put it back.
struct NightPathTests {
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

    @Test func keysTypedAheadConfirmNothing() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press("b y y y")
        #expect(try shift.served("shop") == 2)
        await console.wait(299)
        try await console.press("y")
        #expect(try shift.served("shop") == 2)
        #expect(console.message.contains("too early"), "or nobody knows why nothing happens")
        await console.wait(1)
        try await console.press("y")
        #expect(try shift.served("shop") == 1)
    }

    @Test func theKeyThatAsksNeverConfirmsAndCancelHasTheFocus() async throws {
        let shift = try NightShift.withShop()
        for keys in ["b", "p"] {
            var console = try await shift.operatorAt()
            try await console.press(keys)
            await console.wait(1_000)
            try await console.press("\(keys) \(keys) Enter")
            #expect(console.dialog == nil, "Enter cancels")
            #expect(try shift.served("shop") == 2)
        }
    }

    @Test func theNodesAcknowledgeOneByOneAndTheUndoWindowIsTold() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press("b")
        await console.wait(300)
        try await console.press("y")
        let token = try #require(console.simulator.model.following.last?.token)
        func tell(_ nodes: [String], _ missing: [String], _ state: Acknowledged.State) throws {
            let acknowledged = Acknowledged(
                nodes: try nodes.map { try name($0) }, missing: try missing.map { try name($0) }, after: 42,
                state: state)
            console.simulator.send(.outcome(.acknowledged(token, acknowledged)))
        }
        try tell(["fra1"], ["hil1"], .waiting)
        #expect(console.message.contains("fra1 ✓ hil1 …"))
        try tell(["fra1", "hil1"], [], .done)
        #expect(console.message.contains("fra1 ✓ hil1 ✓ after 42 ms"))
        #expect(
            console.screen.contains("u undoes it (4:59)") || console.screen.contains("u undoes it (5:00)"))

        try await console.press("u")
        await console.wait(300)
        try await console.press("y")
        #expect(try shift.served("shop") == 2)
    }

    @Test func whatStandsAgainstAPromotionHasToBeLifted() async throws {
        let shift = try NightShift.withShop()
        // Somebody promotes another way meanwhile: version 4 was not made from what production serves now.
        var console = try await shift.operatorAt()
        try await console.press("p")
        await console.wait(300)
        let obstacles = console.dialog?.children.filter { $0.kind == .item && !$0.isSelected } ?? []
        try await console.press("y")
        #expect(try shift.served("shop") == (obstacles.isEmpty ? 3 : 2))
    }

    @Test func nothingChangesInAConsoleThatOnlyReads() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt(readOnly: true)
        try await console.press("b")
        #expect(console.message.contains("only reads"))
        #expect(console.message.contains("signalbox rollback shop --env production"))
        await console.wait(1_000)
        try await console.press("y")
        #expect(try shift.served("shop") == 2)
        try await console.press(":")
        await console.type("rule disable shop")
        try await console.press("Enter")
        #expect(console.dialog == nil)
        try await console.press(":")
        await console.type("node remove fra1")
        try await console.press("Enter")
        #expect(shift.commands.withLock(\.self).isEmpty)
    }
}

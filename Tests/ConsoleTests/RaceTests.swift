import ControlPlane
import EdgeModel
import EdgePlan
import Synchronization
import TerminalUI
import TestKit
import Testing

@testable import Console

/// Keys that come faster than what they ask for is done, and others who change the state meanwhile.
struct RaceTests {
    private func order(_ shift: NightShift, _ number: Int) throws -> [String] {
        let plane = shift.plane()
        let version = try plane.resolve(
            VersionReference(application: name("shop"), selector: .number(number)))
        return try plane.configuration(of: version).rules(in: .dynamicRedirect).map(\.ref)
    }

    @Test func keysThatMoveARuleAreDoneOneAfterTheOther() async throws {
        let shift = try NightShift.withShop()
        try shift.draft("shop", note: "a draft", path: "/draft")
        var console = try await shift.operatorAt("shop@4")
        let before = try order(shift, 4)
        #expect(console.selected == before.first || console.screen.contains(before[0]))
        // Pressed while the first is not even written.
        try console.simulator.press("J J")
        #expect(console.simulator.commands.count == 1, "one at a time")
        await console.simulator.settle(console.handler)
        #expect(try order(shift, 4).firstIndex(of: before[0]) == 2)
        try console.simulator.press("o o o")
        await console.simulator.settle(console.handler)
        let version = try shift.plane().resolve(
            VersionReference(application: name("shop"), selector: .number(4)))
        let rule = try shift.plane().configuration(of: version).rules(in: .dynamicRedirect).first {
            $0.ref == before[0]
        }
        #expect(rule?.enabled == false, "off, on, off")
    }

    @Test func afterAFailureTheKeysThatWaitedAreForgotten() async throws {
        let shift = try NightShift.withShop()
        try shift.draft("shop", note: "a draft", path: "/draft")
        var console = try await shift.operatorAt("shop@4")
        let before = try order(shift, 4)
        try console.simulator.press("J J J")
        // Somebody takes the rule away before the first is done.
        let plane = shift.plane(as: "eve")
        let reference = VersionReference(application: try name("shop"), selector: .number(4))
        var configuration = try plane.configuration(of: try plane.resolve(reference))
        configuration.rules[.dynamicRedirect]?.removeAll { $0.ref == before[0] }
        _ = try plane.applyVersion(reference, document: DocumentNode(configuration.document))
        await console.simulator.settle(console.handler)
        #expect(console.screen.contains("is not there any more"))
        #expect(try order(shift, 4) == Array(before.dropFirst()))
        #expect(console.simulator.model.pressedMeanwhile == [])
    }

    @Test func aQuestionFollowsTheStateThatItIsAbout() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press("p")
        await console.wait(400)
        #expect(console.screen.contains("promote shop@3 to production"))
        // Another version goes to staging before anybody answers.
        try shift.draft("shop", note: "later", path: "/later")
        try shift.apply(.assign(application: name("shop"), version: 4, environment: name("staging")))
        console.simulator.send(.outcome(.stateChanged))
        await console.simulator.settle(console.handler)
        #expect(console.screen.contains("promote shop@4 to production"), "\(console.screen)")
        // What was typed for the question before does not answer this one.
        try await console.press("y")
        #expect(try shift.served("shop") == 2)
        await console.wait(400)
        if console.screen.contains("warning") { try await console.press("w") }
        try await console.press("y")
        #expect(try shift.served("shop") == 4)
    }

    @Test func aChangeThatDoesNotTouchItLeavesAQuestionAlone() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        try await console.press("p")
        await console.wait(400)
        _ = try shift.plane().createNode(name("fra1"), region: "fra")
        console.simulator.send(.outcome(.stateChanged))
        await console.simulator.settle(console.handler)
        if console.screen.contains("warning") { try await console.press("w") }
        try await console.press("y")
        #expect(try shift.served("shop") == 3, "it is not deaf again")
    }

    @Test func aCommandThatRunsIsEndedByOneKeyAndNotTheConsole() async throws {
        var console = try await NightShift.withShop().operatorAt()
        console.simulator.type(":doctor")
        try console.simulator.press("Enter")
        guard case .run(.run(_, let id), id: let named)? = console.simulator.takeCommands().last else {
            Issue.record("no command runs")
            return
        }
        #expect(named == id)
        try console.simulator.press("Ctrl-C")
        #expect(console.simulator.status == nil)
        #expect(console.screen.contains("asked to end"))
        console.simulator.send(.outcome(.ran(["doctor"], id, CommandAnswer(status: 143, output: "", errors: ""))))
        #expect(console.simulator.model.running == [])
    }

    @Test func theListOfTrafficIsOfTheMomentThatIsLookedAt() async throws {
        let shift = try NightShift.withShop()
        shift.traffic.withLock { $0 = [figures("shop", 2, perSecond: 20)] }
        var console = try await shift.operatorAt("traffic", size: TerminalSize(columns: 140, rows: 40))
        let start = Timestamp(milliseconds: 1_800_000_000_000 - 600_000)
        let records = (0..<60).map { index in
            TrafficRecord(
                TrafficBucket(containing: start.advanced(byMilliseconds: Int64(index) * 10_000)),
                TrafficSubject(.version, index < 58 ? "shop@1" : "shop@2"),
                TrafficCounts(requests: 70, statusClasses: [0, 70, 0, 0, 0]))
        }
        let history = TrafficHistory(of: .version, records, from: start, to: start.advanced(byMilliseconds: 600_000))
        console.simulator.send(.outcome(.history(.success(history))))
        #expect(console.rows.contains { $0.value.string.contains("shop@2") })
        try await console.press("{")
        #expect(console.rows.contains { $0.value.string.contains("shop@1") }, "\(console.screen)")
        #expect(!console.rows.contains { $0.value.string.contains("shop@2") })
        try await console.press("}")
        #expect(console.rows.contains { $0.value.string.contains("shop@2") })
    }
}

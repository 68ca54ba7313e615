import ControlPlane
import EdgeModel
import TerminalUI
import Testing

@testable import Console

/// `u` right after the console was opened: whatever was changed in the last five minutes is asked about.
struct UndoTests {
    private func changed(_ label: String = "blog", as person: String = "ada") throws -> NightShift {
        let shift = try NightShift.withShop()
        try shift.application(label, zone: "other.example")
        shift.advance(seconds: 600)
        try shift.draft(label, note: "new", path: "/new")
        let request = ChangeRequest.assign(application: try name(label), version: 2, environment: try name("staging"))
        var options = ApplyOptions()
        options.acceptWarnings = true
        let plane = shift.plane(as: person)
        _ = try plane.apply(try plane.plan(request), options)
        return shift
    }

    @Test func aChangeOfALowerEnvironmentIsUndoneFromItsApplication() async throws {
        var console = try await changed().operatorAt()
        try #require(console.selected != nil)
        try await console.press("/ b l o Enter u")
        #expect(console.screen.contains("undo deployment") && console.screen.contains("staging"))
        #expect(console.dialog?.id.hasPrefix("change") == true)
    }

    @Test(arguments: ["shop", "nodes", "audit", "zones/example.com"])
    func onesOwnLastChangeIsUndoneFromAnywhere(place: String) async throws {
        let shift = try changed()
        var console = try await shift.operatorAt(place)
        try await console.press("u")
        #expect(console.screen.contains("blog@2"), "\(console.screen)")
        await console.wait(300)
        try await console.press("y")
        #expect(try shift.served("blog", in: "staging") == 1)
    }

    @Test func anotherPersonsChangeIsNamedAndUndoneFromItsRow() async throws {
        var console = try await changed(as: "grace").operatorAt("nodes")
        try await console.press("u")
        #expect(console.dialog == nil)
        #expect(console.message.contains("grace") && console.message.contains("g d and u"))
        try await console.press("g d u")
        #expect(console.dialog?.id.hasPrefix("change") == true)
    }

    @Test func aKeyBeforeTheStateWasReadWaitsForIt() async throws {
        let shift = try changed()
        let setup = ConsoleModel.Setup(
            state: "/state.db", context: "edge1", isReadOnly: false, theme: .plain(.indexed256), startedAt: shift.now,
            actor: "ada")
        var simulator = Simulator<Console>(ConsoleModel(setup), size: TerminalSize(columns: 100, rows: 30))
        simulator.send(.started)
        try simulator.press("u")
        #expect(simulator.access.first(.dialog) == nil)
        await simulator.settle(ConsoleHandler(shift.services()))
        #expect(simulator.text.contains("undo deployment"))
    }

    @Test func afterFiveMinutesItSaysSo() async throws {
        let shift = try changed()
        shift.advance(seconds: 301)
        var console = try await shift.operatorAt("nodes")
        try await console.press("u")
        #expect(console.dialog == nil)
        #expect(console.message.contains("last 5 minutes"))
    }
}

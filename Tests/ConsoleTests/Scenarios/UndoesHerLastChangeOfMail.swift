import ControlPlane
import EdgeModel
import MailRouting
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// The newest change is undone from anywhere, of mail as of the edge.
struct UndoesHerLastChangeOfMail {
    private func undo(_ id: Int) -> [String] { ["email", "undo", "\(id)"] }

    @Test(arguments: ["nodes", "activity", "email/example.com"])
    func ownChangeOfMailIsUndoneFromAnywhere(place: String) async throws {
        let shift = try NightShift.withMail()
        shift.advance(seconds: 600)
        try shift.promoteMail()
        var console = try await shift.operatorAt(place)
        try await console.press("u")
        let newest = try #require(try shift.mail.history(of: nil, last: 1).last)
        #expect(shift.commands.withLock(\.self) == [undo(newest.id)])
    }

    @Test func whatCameLastIsWhatIsTakenBack() async throws {
        let shift = try NightShift.withAChange()
        try shift.routeMail()
        shift.advance(seconds: 10)
        var console = try await shift.operatorAt("nodes")
        try await console.press("u")
        #expect(shift.commands.withLock(\.self).first?.prefix(2) == ["email", "undo"])
        // Of the edge, after it.
        shift.advance(seconds: 10)
        try shift.apply(
            .assign(application: try name("blog"), version: 1, environment: try name("staging")))
        console = try await shift.operatorAt("nodes")
        try await console.press("u")
        #expect(shift.commands.withLock(\.self).count == 1 && console.screen.contains("blog@"), "\(console.screen)")
        // Done here, and mail changed since: not what was done here is the newest.
        await console.wait(300)
        try await console.press("y")
        shift.advance(seconds: 10)
        try shift.promoteMail()
        console.simulator.send(.outcome(.stateChanged))
        await console.simulator.settle(console.handler)
        try await console.press("u")
        #expect(shift.commands.withLock(\.self).count == 2, "\(console.screen)")
    }

    @Test func whatSomebodyElseDidAndWhatIsTooOldIsNotOffered() async throws {
        let shift = try NightShift.withMail()
        shift.advance(seconds: 600)
        var console = try await shift.operatorAt("activity")
        try await console.press("u")
        #expect(console.message.contains("nothing was deployed in the last 5 minutes"), "\(console.message)")
        try shift.promoteMail(as: "grace")
        console = try await shift.operatorAt("activity")
        try await console.press("u")
        #expect(console.message.contains("of grace, now: :email undo "), "\(console.message)")
        #expect(shift.commands.withLock(\.self).isEmpty)
    }
}

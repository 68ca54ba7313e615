import ControlPlane
import EdgeModel
import Synchronization
import TerminalUI
import Testing

@testable import Console

/// After a rollback the newest version is the broken one: whoever edits it is told, and may begin with what is served.
struct EditsWhatWasRolledBack {
    /// shop@3 was promoted and rolled back.
    private func shift() throws -> NightShift {
        let shift = try NightShift.withShop()
        try shift.apply(.promote(application: name("shop"), to: name("production")))
        let plane = shift.plane()
        var options = ApplyOptions()
        options.reason = "503 on the catalogue"
        try plane.apply(
            try plane.plan(.rollback(application: name("shop"), environment: name("production"), to: nil)), options)
        return shift
    }

    /// Which version the draft was made from, and whether its text was seen.
    private func base(afterPressing keys: String) async throws -> Int? {
        let shift = try shift()
        var opened = 0
        let count = Box("0")
        shift.edits.withLock {
            $0 = [
                { text in
                    count.set("1")
                    return text.replacing("sends /old on", with: "moved")
                }
            ]
        }
        var console = try await shift.operatorAt()
        try await console.press("e")
        #expect(console.dialog?.id.hasPrefix("edit") == true)
        #expect(console.screen.contains("shop@3 was rolled back in production by"))
        #expect(console.screen.contains("503 on the catalogue"))
        #expect(console.screen.contains("production serves shop@2"))
        await console.wait(300)
        try await console.press(keys)
        opened = Int(count.value) ?? 0
        let newest = try shift.plane().versions(of: name("shop")).last?.version
        #expect((opened == 1) == (newest?.number == 4))
        return opened == 0 ? nil : newest?.base
    }

    @Test func theServedOneCanBeBegunWith() async throws { #expect(try await base(afterPressing: "s") == 2) }

    @Test func theNewestOneCanStillBeMeant() async throws { #expect(try await base(afterPressing: "y") == 3) }

    @Test func nothingIsOpenedByEnter() async throws { #expect(try await base(afterPressing: "Enter") == nil) }

    @Test func aVersionThatIsServedIsOpenedAtOnce() async throws {
        var console = try await shift().operatorAt("shop@2")
        try await console.press("e")
        #expect(console.dialog == nil)
        #expect(console.message.contains("nothing was changed"))
    }

    @Test func oneThatWasPromotedAgainIsOpenedAtOnce() async throws {
        let shift = try shift()
        try shift.apply(.promote(application: name("shop"), to: name("production")))
        var console = try await shift.operatorAt()
        try await console.press("e")
        #expect(console.dialog == nil)
    }
}

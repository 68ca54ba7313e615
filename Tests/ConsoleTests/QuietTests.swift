import ControlPlane
import EdgeModel
import Synchronization
import TerminalUI
import TestKit
import Testing

@testable import Console

/// The console sleeps: it wakes when something happens, and when a digit on the screen changes.
struct QuietTests {
    /// Settled and idle for long enough to know when something will change by itself.
    private func idle(_ path: String, columns: Int = 80, _ shift: NightShift) async throws -> Operator {
        var console = try await shift.operatorAt(path, size: TerminalSize(columns: columns, rows: 24))
        // The answers to what it asks when it was first told something, and then nothing.
        await console.wait(5_000)
        await console.wait(5_000)
        return console
    }

    private func due(_ console: Operator) throws -> Int64 {
        let now = console.simulator.now
        return try #require(Console.wakeUp(console.simulator.model, at: now)).since(now)
    }

    @Test func aScreenWithoutAgesWaitsForTheMinuteOfItsClock() async throws {
        let console = try await idle("routing", NightShift.withShop())
        let due = try due(console)
        #expect(due > 5_000 && due <= 62_000, "\(due)")
        let minute = (console.simulator.now.milliseconds + due + 1_800_000_000_000) / 60_000
        #expect(minute > (console.simulator.now.milliseconds + 1_800_000_000_000) / 60_000)
    }

    @Test func agesAreDrawnWhenADigitChangesAndNotBefore() async throws {
        let shift = try NightShift.withShop()
        try shift.apply(.rollback(application: name("shop"), environment: name("production"), to: nil))
        var console = try await idle("deployments", shift)
        // Ten seconds old: the next digit comes within a second, and it is another picture.
        #expect(try due(console) <= 1_000)
        let before = console.screen
        await console.wait(1_000)
        #expect(console.screen != before)
        // An hour later nothing younger than minutes is there; between two wake-ups the picture stays.
        await console.wait(3_600_000)
        let (shown, next) = (console.screen, try due(console))
        #expect(next > 1_500)
        var later = console.simulator.model
        later.refreshScreen(at: console.simulator.now.adding(next / 2))
        #expect(Console.view(later, at: console.simulator.now.adding(next / 2)).surface.text == shown)
    }

    @Test func whatSaysTheSameIsNotReadTwice() throws {
        let shift = try NightShift.withShop()
        let first = try #require(try Picture.read(shift.plane()))
        #expect(try Picture.read(shift.plane(), after: first) == nil)
        try shift.draft("shop", note: "one more", path: "/more")
        let second = try #require(try Picture.read(shift.plane(), after: first))
        #expect(second.versions[try name("shop")]?.count == 4)
        #expect(first.versions[try name("shop")]?.count == 3)
    }

    @Test func onlyWhatTheScreenShowsIsRead() async throws {
        let shift = try NightShift.withShop()
        var console = try await shift.operatorAt()
        #expect(console.simulator.model.picture?.parts == [])
        #expect(console.simulator.model.picture?.audit.isEmpty == true)
        try console.simulator.press("g u")
        #expect(console.screen.contains("reading…"), "nothing is said to be empty that was not read")
        await console.simulator.settle(console.handler)
        #expect(!console.rows.isEmpty)
        #expect(console.simulator.model.picture?.parts == [.audit])
    }

    @Test func onlyScreensThatShowNodesHearOfEveryWord() async throws {
        var console = try await NightShift.withShop().operatorAt()
        func feed() -> Bool? {
            guard case .watch(let everyWrite)? = console.simulator.following["feed"] else { return nil }
            return everyWrite
        }
        #expect(feed() == false)
        try await console.press("g n")
        #expect(feed() == true)
        try await console.press("g a")
        #expect(feed() == false)
    }
}

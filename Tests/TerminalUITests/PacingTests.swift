import Testing

@testable import TerminalUI

@Suite("Pacing")
struct PacingTests {
    private func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

    @Test func nothingToDoNoTimer() {
        var pacing = Pacing()
        #expect(pacing.decide(at: at(5), wakeUp: nil) == .wait(until: nil))
        #expect(pacing.decide(at: at(5), wakeUp: at(900)) == .wait(until: at(900)))
        #expect(pacing.decide(at: at(900), wakeUp: at(900)) == .draw)
    }

    @Test func feedsWaitInputDoesNot() {
        var pacing = Pacing()
        pacing.note(.soon)
        #expect(pacing.decide(at: at(0), wakeUp: nil) == .draw)
        pacing.drew(at: at(0))
        pacing.isPresenting = false
        pacing.note(.soon)
        #expect(pacing.decide(at: at(10), wakeUp: nil) == .wait(until: at(67)))
        #expect(pacing.decide(at: at(67), wakeUp: nil) == .draw)
        pacing.note(.now)
        #expect(pacing.decide(at: at(11), wakeUp: nil) == .draw)
    }

    @Test func aBusyTerminalGetsNoSecondFrame() {
        var pacing = Pacing()
        pacing.drew(at: at(0))
        pacing.note(.now)
        #expect(pacing.decide(at: at(500), wakeUp: nil) == .wait(until: nil))
        pacing.isPresenting = false
        #expect(pacing.decide(at: at(500), wakeUp: nil) == .draw)
    }
}

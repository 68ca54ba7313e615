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

    @Test func aKeysPictureWaitsForWhatItReads() {
        var pacing = Pacing()
        pacing.note(.now)
        pacing.hold(for: [1], at: at(100))
        #expect(pacing.decide(at: at(100), wakeUp: nil) == .wait(until: at(120)))
        // What it brings asks for more.
        #expect(pacing.waits(for: 1))
        pacing.hold(for: [2], at: at(110))
        pacing.ended(1)
        #expect(pacing.decide(at: at(111), wakeUp: nil) == .wait(until: at(120)))
        pacing.ended(2)
        #expect(pacing.decide(at: at(112), wakeUp: nil) == .draw)
    }

    @Test func workThatTakesLongIsNotWaitedFor() {
        var pacing = Pacing()
        pacing.note(.now)
        pacing.hold(for: [1], at: at(100))
        pacing.hold(for: [2], at: at(119))
        #expect(pacing.decide(at: at(120), wakeUp: nil) == .draw)
        pacing.drew(at: at(120))
        pacing.isPresenting = false
        // It waited once: the next picture does not.
        pacing.note(.now)
        #expect(!pacing.waits(for: 1))
        #expect(pacing.decide(at: at(121), wakeUp: nil) == .draw)
        pacing.note(.soon)
        pacing.hold(for: [], at: at(121))
        #expect(pacing.decide(at: at(121), wakeUp: nil) == .draw)
    }
}

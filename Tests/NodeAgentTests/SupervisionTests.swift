import TestKit
import Testing

@testable import NodeAgent

@Suite struct SupervisionTests {
    @Test func anEndByItselfIsARestartAfterAGrowingPause() {
        var supervision = Supervision(drain: .seconds(1))
        #expect(supervision.handle(.begin) == [.launch])
        var pauses: [Duration] = []
        for turn in 1...10 {
            #expect(supervision.handle(.launched) == [])
            guard case .wait(let pause, let timer)? = supervision.handle(.ended(after: .milliseconds(10))).first else {
                Issue.record("no pause")
                return
            }
            pauses.append(pause)
            #expect(supervision.restarts == turn)
            #expect(supervision.handle(.timer(timer)) == [.launch])
        }
        #expect(pauses.prefix(3) == [.milliseconds(50), .milliseconds(100), .milliseconds(200)])
        #expect(pauses.last == .seconds(10))
        _ = supervision.handle(.launched)
        #expect(supervision.handle(.ended(after: .seconds(31))).first.flatMap(pause) == .milliseconds(50))
    }

    @Test func aStopDrainsThenAsksThenInsists() {
        var supervision = running(drain: .seconds(3))
        let draining = supervision.handle(.stop)
        #expect(draining.first == .drain)
        #expect(draining.last.flatMap(pause) == .seconds(3))
        let ending = supervision.handle(.timer(timer(draining)))
        #expect(ending.first == .terminate)
        let late = timer(ending)
        #expect(supervision.handle(.timer(late)) == [.kill])
        #expect(supervision.handle(.ended(after: .seconds(9))) == [.finish])
        #expect(supervision.restarts == 0)
    }

    @Test func moreStopsWaitLess() {
        var supervision = running(drain: .seconds(3))
        #expect(supervision.handle(.stop).first == .drain)
        #expect(supervision.handle(.stop).first == .terminate)
        #expect(supervision.handle(.stop) == [.kill])
    }

    @Test func withoutDrainAStopEndsAtOnce() {
        var supervision = running(drain: .zero)
        #expect(supervision.handle(.stop).first == .terminate)
    }

    @Test func aWantedStartAnewIsNoRestart() {
        var supervision = running(drain: .seconds(3))
        #expect(supervision.handle(.cycle).first == .terminate)
        #expect(supervision.handle(.ended(after: .seconds(1))) == [.launch])
        #expect(supervision.restarts == 0)
    }

    @Test func aStopDuringTheStartEndsWhatWasStarted() {
        var supervision = Supervision(drain: .seconds(3))
        _ = supervision.handle(.begin)
        #expect(supervision.handle(.stop) == [])
        #expect(supervision.handle(.launched).first == .terminate)
        var failing = Supervision(drain: .seconds(3))
        _ = failing.handle(.begin)
        _ = failing.handle(.stop)
        #expect(failing.handle(.launchFailed) == [.finish])
    }

    /// Whatever comes: never two processes, nothing after the end, and a stop always leads to the end.
    @Test(arguments: [UInt64(1), 2, 3, 20_261_121])
    func holdsWhateverComes(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            var supervision = Supervision(drain: Bool.random(using: &random) ? .zero : .seconds(1))
            var alive = false
            var launching = false
            var timers: [Int] = []
            var finished = false
            func apply(_ actions: [Supervision.Action]) {
                for action in actions {
                    #expect(!finished, "seed \(seed)")
                    switch action {
                    case .launch:
                        #expect(!alive && !launching, "two at once, seed \(seed)")
                        launching = true
                    case .wait(_, let timer): timers.append(timer)
                    case .finish:
                        #expect(!alive && !launching, "left behind, seed \(seed)")
                        finished = true
                    case .drain, .terminate, .kill: break
                    }
                }
            }
            func step(stopping: Bool) {
                let choice = Int.random(in: 0..<7, using: &random)
                if launching, choice < 3 {
                    launching = false
                    alive = choice > 0
                    apply(supervision.handle(alive ? .launched : .launchFailed))
                } else if alive, choice == 3 || choice == 4 {
                    alive = false
                    apply(supervision.handle(.ended(after: .milliseconds(5))))
                } else if choice == 5, let timer = timers.randomElement(using: &random) {
                    apply(supervision.handle(.timer(timer)))
                } else if choice == 6, !stopping {
                    apply(supervision.handle(.cycle))
                }
            }
            apply(supervision.handle(.begin))
            for _ in 0..<40 { step(stopping: false) }
            apply(supervision.handle(.stop))
            for _ in 0..<2_000 where !finished { step(stopping: true) }
            #expect(finished, "a stop must end it, seed \(seed)")
        }
    }

    private func running(drain: Duration) -> Supervision {
        var supervision = Supervision(drain: drain)
        _ = supervision.handle(.begin)
        _ = supervision.handle(.launched)
        return supervision
    }

    private func timer(_ actions: [Supervision.Action]) -> Int {
        if case .wait(_, let timer)? = actions.last { timer } else { -1 }
    }

    private func pause(_ action: Supervision.Action) -> Duration? {
        if case .wait(let pause, _) = action { pause } else { nil }
    }
}

import ImageSourcing
import TestKit
import Testing

@Suite("Migration machine") struct MachineTests {
    @Test func listsClaimsAndTransfers() {
        var machine = MigrationMachine(transfers: 2)
        #expect(machine.handle(.started) == [.list, .claim(64)])
        #expect(machine.handle(.claimed(0)) == [])
        #expect(machine.handle(.listed(waiting: 3, isLast: true)) == [.claim(64)])
        #expect(machine.phase == .running)
        #expect(machine.handle(.claimed(3)) == [.transfer(2), .claim(64)])
        #expect(machine.handle(.claimed(0)) == [])
        #expect(machine.handle(.transferred(nil)) == [.transfer(1)])
        #expect(machine.handle(.transferred(nil)) == [])
        #expect(machine.handle(.transferred(nil)) == [.beginPass(2), .list] && machine.phase == .completing)
        #expect(machine.handle(.listed(waiting: 0, isLast: true)) == [.claim(64)])
        #expect(machine.handle(.claimed(0)) == [.end(.completed)])
    }

    @Test func aPauseWaitsForWhatIsUnderWay() {
        var machine = MigrationMachine(transfers: 4, isListed: true)
        _ = machine.handle(.started)
        #expect(machine.handle(.claimed(2)) == [.transfer(2), .claim(64)])
        #expect(machine.handle(.pause) == [])
        #expect(machine.handle(.claimed(5)) == [])
        #expect(machine.handle(.transferred(nil)) == [])
        #expect(machine.handle(.transferred(nil)) == [.end(.paused)] && machine.phase == .paused)
        #expect(machine.handle(.transferred(nil)) == [])
    }

    @Test func anAbortOverrulesAPause() {
        var machine = MigrationMachine(transfers: 1, isListed: true)
        _ = machine.handle(.started)
        _ = machine.handle(.claimed(2))
        _ = machine.handle(.pause)
        _ = machine.handle(.abort)
        _ = machine.handle(.claimed(0))
        #expect(machine.handle(.transferred(nil)) == [.end(.aborted)])
    }

    @Test func failuresOfAllEndTheRunAndThoseOfOneDoNot() {
        let denied = ObjectFailure(.denied, "403")
        var machine = MigrationMachine(transfers: 1, isListed: true)
        _ = machine.handle(.started)
        _ = machine.handle(.claimed(64))
        for _ in 0..<19 { #expect(machine.handle(.transferred(denied)).contains(.transfer(1))) }
        _ = machine.handle(.transferred(nil))
        for _ in 0..<19 { _ = machine.handle(.transferred(denied)) }
        _ = machine.handle(.claimed(0))
        #expect(machine.handle(.transferred(denied)) == [.end(.failed)] && machine.cause == denied)
    }

    /// Whatever comes in whatever order: never more at once than allowed, and an end that is reached.
    @Test func everyOrderOfEventsEnds() {
        var random = SeededGenerator.announced("machine")
        for _ in 0..<300 {
            let most = Int.random(in: 1...6, using: &random)
            var machine = MigrationMachine(transfers: most, listsOnce: Bool.random(using: &random))
            var (waiting, unlisted, underWay) = (0, Int.random(in: 0...40, using: &random), 0)
            var open: [MigrationMachine.Action] = machine.handle(.started)
            var end: MigrationMachine.Phase?
            var steps = 0
            while end == nil, steps < 5_000 {
                steps += 1
                // Carries out one of the open actions, in any order.
                guard !open.isEmpty || underWay > 0 else { break }
                if open.isEmpty || (underWay > 0 && Bool.random(using: &random)) {
                    underWay -= 1
                    let failure = Int.random(in: 0...9, using: &random) == 0 ? ObjectFailure(.timedOut, "") : nil
                    open += machine.handle(.transferred(failure))
                    continue
                }
                switch open.remove(at: Int.random(in: 0..<open.count, using: &random)) {
                case .list:
                    let new = min(unlisted, 7)
                    unlisted -= new
                    waiting += new
                    open += machine.handle(.listed(waiting: new, isLast: unlisted == 0))
                case .claim(let limit):
                    let count = min(limit, waiting)
                    waiting -= count
                    open += machine.handle(.claimed(count))
                case .transfer(let count):
                    underWay += count
                    #expect(underWay <= most)
                case .beginPass, .rewind: break
                case .end(let phase): end = phase
                }
            }
            #expect(end == .completed && waiting == 0 && unlisted == 0 && underWay == 0)
        }
    }
}

@Suite("What holds a migration back") struct LimiterTests {
    private static func limiter(_ sample: LimiterMeter.Sample) -> Limiter {
        var meter = LimiterMeter()
        for _ in 0..<20 { meter.add(sample) }
        return meter.limiter
    }

    @Test func isWhatMostTransfersWaitFor() {
        #expect(Self.limiter(.init(source: 6, target: 2)) == .source)
        #expect(Self.limiter(.init(source: 2, target: 6)) == .target)
        #expect(Self.limiter(.init(source: 1, target: 1, cap: 6)) == .cap)
        #expect(Self.limiter(.init(source: 1, target: 1, idle: 6)) == .listing)
        #expect(Self.limiter(.init(source: 6, processor: 0.95)) == .cpu)
    }

    @Test func aCapIsKeptOnAverage() {
        var gate = RateGate(perSecond: 10)
        var now = Duration.seconds(100)
        for _ in 0..<100 { now += gate.wait(for: 1, now: now) }
        #expect(now - .seconds(100) >= .seconds(9) && now - .seconds(100) <= .seconds(10))
        gate.change(perSecond: nil)
        #expect(gate.wait(for: 1_000, now: now) == .zero)
    }
}

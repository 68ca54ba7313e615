import Testing

@testable import NodeAgent

@Suite struct BackOffTests {
    @Test func pausesDoubleUpToTheLimitAndBeginAnew() {
        var backOff = BackOff(first: .milliseconds(50), limit: .seconds(2))
        let pauses = (0..<8).map { _ in backOff.next(chance: 0) }
        #expect(pauses == [50, 100, 200, 400, 800, 1_600, 2_000, 2_000].map { .milliseconds($0) })
        backOff.reset()
        #expect(backOff.next(chance: 0) == .milliseconds(50))
    }

    @Test func chanceTakesAwayAtMostHalf() {
        for step in 0..<100 {
            var backOff = BackOff(first: .milliseconds(50), limit: .seconds(2))
            let pause = backOff.next(chance: Double(step) / 100)
            #expect(pause > .milliseconds(25) && pause <= .milliseconds(50))
        }
    }
}

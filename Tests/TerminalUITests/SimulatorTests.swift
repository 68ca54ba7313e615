import Testing

@testable import TerminalUI

@Suite("Simulator")
struct SimulatorTests {
    private var simulator = Simulator<CounterProgram>(.init(), size: TerminalSize(columns: 24, rows: 2))

    @Test mutating func keysBecomeCommands() throws {
        try simulator.press("l <Enter> Ctrl-P")
        #expect(simulator.takeCommands() == [.run(.load(1), id: "load")])
        #expect(simulator.text == "count 0\nl Enter Ctrl-P\n")
        #expect(throws: Simulator<CounterProgram>.UnknownKey(word: "Nope")) { try simulator.press("Nope") }
    }

    @Test mutating func settlingRunsWhatWaits() async throws {
        try simulator.press("l")
        #expect(await simulator.settle(CounterHandler()))
        #expect(simulator.model.count == 1)
    }

    @Test mutating func timePassesOnlyWhenTold() throws {
        try simulator.press("t")
        simulator.advance(milliseconds: 499)
        #expect(simulator.model.count == 0)
        simulator.advance(milliseconds: 1)
        #expect(simulator.model.count == 10)
        #expect(simulator.now == Instant(milliseconds: 500))
    }

    @Test mutating func whatIsCancelledNeverComes() throws {
        try simulator.press("t l f x")
        simulator.advance(milliseconds: 1000)
        #expect(simulator.model.count == 0)
        #expect(simulator.takeCommands().isEmpty)
        #expect(simulator.following.isEmpty)
    }

    @Test mutating func quittingEndsIt() throws {
        try simulator.press("y q l")
        #expect(simulator.status == 7)
        #expect(simulator.copied == ["words"])
        #expect(simulator.takeCommands().isEmpty)
    }
}

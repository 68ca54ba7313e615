import CursesTerminal
import Glibc
import TestKit
import Testing

/// Opening, stopping, continuing and every kind of end, on a real pseudo terminal.
@Suite("A terminal's life", .timeLimit(.minutes(5)))
struct TerminalLifeTests {
    private static let enter = "\u{1B}[?1049h"
    private static let leave = "\u{1B}[?1049l"

    @Test func closingPutsTheTerminalBackAndThenShowsWhatWasPrintedMeanwhile() async throws {
        let run = try await ProbeRun()
        #expect(!run.terminal.modes.isCooked)
        run.terminal.type("pq")
        #expect(try await run.terminal.ended() == .exited(0))
        let text = run.terminal.text
        let left = try #require(text.firstRange(of: Self.leave))
        #expect(text.contains(Self.enter))
        #expect(!text[..<left.lowerBound].contains("stray"))
        #expect(text[left.upperBound...].contains("stray error"))
        #expect(text[left.upperBound...].contains("stray output"))
        #expect(run.terminal.modes == run.terminal.modesBefore)
    }

    @Test(arguments: [(SIGTERM, 143), (SIGHUP, 129), (SIGINT, 130)] as [(Int32, Int32)])
    func aRequestToEndIsToldAndEndsInOrder(signal: Int32, code: Int32) async throws {
        let run = try await ProbeRun()
        run.terminal.signal(signal)
        #expect(try await run.terminal.ended() == .exited(code))
        #expect(run.log.last == "event terminated \(signal)")
        #expect(run.terminal.text.contains(Self.leave))
        #expect(run.terminal.modes == run.terminal.modesBefore)
    }

    @Test func aSecondRequestToEndIsObeyedWithoutTheProgram() async throws {
        let run = try await ProbeRun(environment: ["PROBE_DEAF": "1"])
        run.terminal.signal(SIGTERM)
        try await run.logs("event terminated 15")
        run.terminal.signal(SIGTERM)
        #expect(try await run.terminal.ended() == .signalled(SIGTERM))
        #expect(run.terminal.text.contains(Self.leave))
        #expect(run.terminal.modes == run.terminal.modesBefore)
    }

    @Test func aTerminalThatIsGoneEndsTheSession() async throws {
        let run = try await ProbeRun()
        run.terminal.hangUp()
        #expect(try await run.terminal.ended() == .exited(129))
    }

    @Test(arguments: ["x", "v", "a"])
    func aCrashLeavesAUsableTerminalAndAReadableBacktrace(key: String) async throws {
        let run = try await ProbeRun()
        run.terminal.type("p" + key)
        let exit = try await run.terminal.ended(within: .seconds(120))
        guard case .signalled = exit else {
            Issue.record("ended with \(exit)")
            return
        }
        #expect(run.terminal.modes == run.terminal.modesBefore)
        let text = run.terminal.text
        let left = try #require(text.firstRange(of: Self.leave))
        let after = text[left.upperBound...]
        #expect(after.contains("stray error"))
        // The handler of Swift's runtime went on, and saw the frame that crashed.
        #expect(after.contains("crashed"), "\(after.suffix(2000))")
        // Behind abort() it sees nothing, in any program: the C library has no frame pointers.
        if key != "a" { #expect(after.contains("Probe.act"), "\(after.suffix(2000))") }
        if key == "x" { #expect(after.contains("the probe was told to crash")) }
        #expect(!after.contains(Self.enter))
    }

    @Test func thereIsOneAtATimeAndAgainWhenItIsClosed() async throws {
        let run = try await ProbeRun(environment: ["PROBE_TWICE": "1"])
        #expect(run.log.prefix(2) == ["second: \(TerminalOpenFailure.alreadyOpen)", "first closed"])
        run.terminal.type("1")
        try await run.logs("shown 1")
        run.terminal.type("q")
        #expect(try await run.terminal.ended() == .exited(0))
        #expect(run.terminal.text.occurrences(of: Self.enter) == 1)
        #expect(run.terminal.modes == run.terminal.modesBefore)
    }

    @Test func itNeverStopsWhereNobodyCouldContinueIt() async throws {
        let run = try await ProbeRun { "bash -c \"trap '' TSTP HUP; '\($0)' '\($1)'\"" }
        run.terminal.type([0x1A])
        try await run.logs("event resumed")
        run.terminal.type("1")
        try await run.logs("shown 1")
        run.terminal.type("q")
        try await eventually("the prompt") { run.terminal.text.hasSuffix("prompt> ") }
        run.terminal.type("exit\n")
        try await run.terminal.ended()
    }

    @Test func aProgramThatExitsWithoutClosingLeavesAUsableTerminal() async throws {
        let run = try await ProbeRun()
        run.terminal.type("E")
        #expect(try await run.terminal.ended() == .exited(3))
        #expect(run.terminal.text.contains(Self.leave))
        #expect(run.terminal.modes == run.terminal.modesBefore)
    }

    @Test func controlZStopsItInTheShellAndFgBringsItBack() async throws {
        let run = try await ProbeRun { "\($0) \($1)" }
        run.terminal.type("1")
        try await run.logs("shown 1")
        run.terminal.type([0x1A])
        try await run.terminal.shows("Stopped")
        try await eventually("a cooked terminal") { run.terminal.text.hasSuffix("prompt> ") }
        // Its size changes while nobody looks.
        run.terminal.resize(rows: 30, columns: 100)
        let before = run.terminal.output.count
        run.terminal.type("fg\n")
        try await run.logs("event resize 100x30")
        try await run.logs("event resumed")
        run.terminal.type("1")
        try await run.logs("shown 2")
        try await run.terminal.shows("100x30")
        let after = String(decoding: run.terminal.output.dropFirst(before), as: UTF8.self)
        let screen = try #require(after.firstRange(of: Self.enter))
        #expect(after[screen.upperBound...].contains("100x30"))
        #expect(!run.terminal.modes.isCooked)
        run.terminal.type("q")
        try await eventually("the prompt") { run.terminal.text.hasSuffix("prompt> ") }
        #expect(run.log.count { $0 == "event resumed" } == 1)
        run.terminal.type("exit\n")
        try await run.terminal.ended()
    }

    @Test func inTheBackgroundItWaitsForTheTerminal() async throws {
        let run = try await ProbeRun { "\($0) \($1)" }
        run.terminal.type([0x1A])
        try await run.terminal.shows("Stopped")
        run.terminal.type("bg\n")
        try await run.terminal.shows(" &\r\n")
        try await eventually(every: .milliseconds(100), "stopped again, for it wants the terminal") {
            run.terminal.type("jobs\n")
            return run.terminal.text.occurrences(of: "Stopped") >= 2
        }
        #expect(!run.log.contains("event resumed"))
        run.terminal.type("fg\n")
        try await run.logs("event resumed")
        run.terminal.type("1")
        try await run.logs("shown 1")
        #expect(!run.terminal.modes.isCooked)
        run.terminal.type("q")
        try await run.logs("closed")
        run.terminal.hangUp()
        try await run.terminal.ended()
    }

    @Test func aStopSignalFromElsewhereStopsItInOrderToo() async throws {
        let run = try await ProbeRun { "\($0) \($1)" }
        let pid = try #require(run.log.first?.split(separator: " ").last.flatMap { pid_t($0) })
        kill(pid, SIGTSTP)
        try await run.terminal.shows("Stopped")
        #expect(run.terminal.text.contains(Self.leave))
        run.terminal.type("fg\n")
        try await run.logs("event resumed")
        // One that cannot be caught, and the shell has the terminal meanwhile.
        kill(pid, SIGSTOP)
        try await eventually("stopped again") { run.terminal.text.occurrences(of: "Stopped") == 2 }
        run.terminal.type("fg\n")
        try await run.logs("event resumed", count: 2)
        run.terminal.type("1")
        try await run.logs("shown 1")
        run.terminal.type("q")
        try await eventually("the prompt") { run.terminal.text.hasSuffix("prompt> ") }
        run.terminal.type("exit\n")
        try await run.terminal.ended()
    }

    @Test func anotherProgramGetsTheTerminalAndGivesItBack() async throws {
        let script = "stty -a | grep -o -- '-*icanon'; read -r line; echo \"editor read $line\"; kill -INT $PPID"
        let run = try await ProbeRun(environment: ["PROBE_EDITOR": script])
        run.terminal.type("e")
        try await run.terminal.shows("icanon")
        #expect(!run.terminal.text.contains("-icanon"))
        run.terminal.resize(rows: 20, columns: 70)
        run.terminal.type("a line\n")
        try await run.terminal.shows("editor read a line")
        // The interrupt was for the editor, not for us.
        try await run.logs("event resumed")
        try await run.logs("event resize 70x20")
        #expect(run.log.contains("editor 0"))
        #expect(!run.log.contains { $0.hasPrefix("event terminated") })
        #expect(!run.terminal.modes.isCooked)
        run.terminal.type("q")
        #expect(try await run.terminal.ended() == .exited(0))
        #expect(run.terminal.modes == run.terminal.modesBefore)
    }

    @Test(arguments: [
        ("dumb", "cannot place its cursor"), (nil, "TERM is not set"), ("no-such-terminal", "terminfo entry"),
        ("../../etc/passwd", "nothing is known"),
    ])
    func aTerminalThatCannotShowAScreenIsRefusedWithWords(term: String?, words: String) async throws {
        let run = try await ProbeRun(term: term, waits: false)
        #expect(try await run.terminal.ended() == .exited(64))
        try await run.terminal.shows(words)
        #expect(!run.terminal.text.contains("\u{1B}"))
        #expect(run.terminal.modes == run.terminal.modesBefore)
    }

    @Test func withoutATerminalItIsRefused() async throws {
        let finished = try await ChildProcess.run(
            Checkout.program("TerminalProbe"), ["/dev/null"], environment: ["TERM": "xterm-256color"])
        #expect(finished.exit == .exited(64))
        #expect(finished.errors.contains("standard output is not a terminal"))
        #expect(finished.output.isEmpty)
    }
}

import Glibc
import TestKit
import Testing

/// What goes out to a real pseudo terminal.
@Suite("A terminal's screen", .timeLimit(.minutes(5)))
struct TerminalScreenTests {
    @Test func aChangedCellCostsFewBytes() async throws {
        let run = try await ProbeRun(rows: 60, columns: 220)
        run.terminal.type("1")
        try await run.logs("shown 1")
        let sent = try await run.output(until: "shown 2") { run.terminal.type("1") }.utf8.count
        print("one changed cell of 220x60: \(sent) bytes")
        #expect(sent <= 60)
        #expect(run.log.last == "shown 2 bytes \(sent) rows 1")
    }

    @Test func theSameFrameAgainSendsNothing() async throws {
        let run = try await ProbeRun()
        run.terminal.type("p")
        try await run.logs("shown 0", count: 2)
        #expect(run.log.last == "shown 0 bytes 0 rows 0")
    }

    @Test func whatAnotherProgramWroteIsDrawnOver() async throws {
        let run = try await ProbeRun()
        let before = run.terminal.output.count
        run.terminal.type([0x0C])
        // The program need not present anything for that.
        try await run.logs("repainted")
        try await eventually("the whole picture") {
            let again = String(decoding: run.terminal.output.dropFirst(before), as: UTF8.self)
            return again.contains("probe 0") && again.contains("end")
        }
    }

    @Test func hostileTextNeverReachesTheTerminalRaw() async throws {
        let run = try await ProbeRun()
        let sent = try await run.output(until: "shown 0", count: 2) { run.terminal.type("h") }
        #expect(sent.contains("⟨1B⟩"))
        #expect(!sent.contains("\u{1B}[31m"))
        #expect(!sent.unicodeScalars.contains { [0x9B, 0x202E].contains($0.value) })
    }

    @Test(arguments: [("C", nil), ("de_DE.UTF-8", nil), ("C.UTF-8", "C")] as [(String, String?)])
    func wideAndCombiningCharactersArriveWhateverTheLocaleIs(lang: String, all: String?) async throws {
        let run = try await ProbeRun(environment: ["LANG": lang, "LC_ALL": all, "LC_CTYPE": nil])
        let sent = try await run.output(until: "shown 0", count: 2) { run.terminal.type("w") }
        #expect(sent.contains("作者 e\u{301} 한 ok"))
    }

    @Test func wideAndCombiningCharactersStandWhereTheyShould() async throws {
        let tmux = try Tmux()
        let pane = try await tmux.run("TERM=tmux-256color '\(Checkout.program("TerminalProbe"))' '\(tmux.path("log"))'")
        try await eventually("the first frame") { try await pane.screen().first == "probe 0" }
        try await pane.keys("w")
        try await eventually("the text") { try await pane.screen()[1] == "作者 e\u{301} 한 ok" }
        #expect(try await pane.screen()[2] == "60x10")
        #expect(try await pane.screen().last?.hasSuffix("end") == true)
    }

    /// Pictures that follow on each other look as each of them drawn alone, in colours too.
    @Test(arguments: ["xterm-256color", "tmux-256color", "screen", "linux", "vt100"])
    func whatIsPaintedOverAnotherPictureLooksAsIfItWereAlone(term: String) async throws {
        let tmux = try Tmux()
        let pane = try await tmux.run("TERM=\(term) '\(Checkout.program("TerminalProbe"))' '\(tmux.path("log"))'")
        func log() -> [String] { ((try? tmux.read("log")) ?? "").split(separator: "\n").map(String.init) }
        try await eventually("the first frame") { log().contains { $0.hasPrefix("shown 0") } }
        for number in 1...8 {
            try await pane.keys("g")
            try await eventually("picture \(number)") { log().contains { $0.hasPrefix("picture \(number) ") } }
            let expected = (0..<10).compactMap { row in
                log().first { $0.hasPrefix("row \(number) \(row) ") }?.dropFirst("row \(number) \(row) ".count)
            }.map(String.init)
            try #require(expected.count == 10)
            try await eventually("its text") { try await pane.screen() == expected }
            let over = try await pane.looks()
            try await pane.keys("G")
            try await eventually("drawn anew") { log().count { $0.hasPrefix("picture \(number) ") } == 2 }
            try await eventually("\(term) \(number): its looks") { try await pane.looks().looksLike(over) }
        }
    }

    @Test func itFollowsTheTerminalsSize() async throws {
        // These two would freeze it.
        let run = try await ProbeRun(environment: ["LINES": "5", "COLUMNS": "17"])
        #expect(run.log.contains("event resize 80x24"))
        // Nobody continues it here, so that it does not stop; its screen comes back at its true size all the same.
        run.terminal.type([0x1A])
        try await run.logs("event resumed")
        try await eventually("the last row again") { run.terminal.text.occurrences(of: "[24;77Hend") == 2 }
        run.terminal.resize(rows: 60, columns: 220)
        try await run.logs("event resize 220x60")
        try await run.terminal.shows("220x60")
        run.terminal.resize(rows: 1, columns: 1)
        try await run.logs("event resize 1x1")
        run.terminal.resize(rows: 12, columns: 41)
        try await run.logs("event resize 41x12")
        try await run.terminal.shows("41x12")
        run.terminal.type("q")
        #expect(try await run.terminal.ended() == .exited(0))
    }

    @Test(
        arguments: [
            ("vt100", [:], "mono", [], ["[31m", "[34m", "[9"]),
            ("xterm-256color", ["NO_COLOR": "1"], "mono", [";4m"], ["[38", "[34m", "[94m"]),
            ("linux", [:], "sixteen", ["[34m"], ["[94m", "[38;"]),
            ("xterm-256color", [:], "indexed256", ["38;5;33"], []),
            ("xterm-256color", ["NO_COLOR": ""], "indexed256", ["38;5;33"], []),
        ] as [(String, [String: String], String, [String], [String])])
    func coloursAreThoseOfTheTerminal(
        term: String, environment: [String: String], depth: String, has: [String], lacks: [String]
    ) async throws {
        let run = try await ProbeRun(term: term, environment: environment.mapValues { $0 })
        #expect(run.log.first?.hasPrefix("open \(term) \(depth) ") == true)
        try await run.terminal.shows("end")
        for part in has { #expect(run.terminal.text.contains(part), "\(run.terminal.text.debugDescription)") }
        for part in lacks { #expect(!run.terminal.text.contains(part), "\(run.terminal.text.debugDescription)") }
        // Never the person's palette, and the terminal's own ground.
        #expect(!run.terminal.text.contains("\u{1B}]4;"))
        #expect(!run.terminal.text.contains("\u{1B}]104"))
        run.terminal.type([0x1A])
        run.terminal.type("q")
        #expect(try await run.terminal.ended() == .exited(0))
        #expect(!run.terminal.text.contains("\u{1B}]104"))
    }

    @Test func directColoursComeFromADescriptionThatHasThem() async throws {
        let folder = try TemporaryDirectory("terminfo")
        let source = """
            probe-direct|direct colours for a test,
            \tRGB, colors#0x1000000, pairs#0x10000,
            \tsetab=\\E[%?%p1%{8}%<%t4%p1%d%e48\\:2\\:\\:%p1%{65536}%/%d\\:%p1%{256}%/%{255}%&%d\\:%p1%{255}%&%d%;m,
            \tsetaf=\\E[%?%p1%{8}%<%t3%p1%d%e38\\:2\\:\\:%p1%{65536}%/%d\\:%p1%{256}%/%{255}%&%d\\:%p1%{255}%&%d%;m,
            \tuse=xterm-256color,
            probe-256color|the same with fewer,
            \tuse=xterm-256color,

            """
        let file = try folder.write(source, to: "probe.ti")
        let made = try await ChildProcess.run("tic", ["-x", "-o", folder.path("db"), file])
        #expect(made.exit.isSuccess, "\(made.errors)")
        let environment: [String: String?] = ["TERMINFO": folder.path("db"), "COLORTERM": "truecolor"]
        for term in ["probe-direct", "probe-256color"] {
            let run = try await ProbeRun(term: term, environment: environment)
            #expect(run.log.first?.hasPrefix("open probe-direct direct ") == true)
            try await run.terminal.shows("38:2::90:176:255")
            let sent = try await run.output(until: "shown 0", count: 2) { run.terminal.type("r") }
            #expect(sent.contains("38:2::255:107:107"))
        }
    }

    @Test func anotherThemeIsARepaintOfWhatItChanges() async throws {
        let run = try await ProbeRun()
        let sent = try await run.output(until: "shown 0", count: 2) { run.terminal.type("r") }
        #expect(sent.contains("38;5;196"))
        #expect(!sent.contains("38;5;33"))
    }

    @Test func theCursorIsShownWhereTheFrameHasIt() async throws {
        let run = try await ProbeRun()
        #expect(run.terminal.text.contains("\u{1B}[?25l"))
        let shown = try await run.output(until: "shown 0", count: 2) { run.terminal.type("k") }
        #expect(shown.contains("\u{1B}[?12l\u{1B}[?25h") || shown.contains("\u{1B}[34h\u{1B}[?25h"))
        #expect(shown.contains("\u{1B}[2;4H"))
        let hidden = try await run.output(until: "shown 0", count: 3) { run.terminal.type("k") }
        #expect(hidden.contains("\u{1B}[?25l"))
    }

    @Test func aSlowTerminalGetsTheNewestFrameOnly() async throws {
        let run = try await ProbeRun(rows: 60, columns: 220)
        run.terminal.holdReading(true)
        let before = run.terminal.output.count
        run.terminal.type("f")
        try await run.logs("flooding")
        // While its output waits, it still hears.
        run.terminal.resize(rows: 50, columns: 200)
        try await run.logs("flooding")
        #expect(!run.log.contains { $0.hasPrefix("flooded") })
        run.terminal.holdReading(false)
        try await run.logs("flooded")
        try await run.terminal.shows("the newest")
        let line = try #require(run.log.first { $0.hasPrefix("flooded") })
        let shown = try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        let bytes = run.terminal.output.count - before
        print("2000 frames for a slow terminal: \(shown) shown, \(bytes) bytes")
        #expect(shown < 200)
        #expect(bytes < 4_000_000)
    }

    @Test func aTerminalThatTakesNothingDoesNotHoldUpTheEnd() async throws {
        let run = try await ProbeRun(rows: 60, columns: 220)
        run.terminal.holdReading(true)
        run.terminal.type("f")
        try await run.logs("flooding")
        run.terminal.signal(SIGTERM)
        try await run.logs("event terminated 15")
        #expect(try await run.terminal.ended() == .exited(143))
        #expect(run.terminal.modes == run.terminal.modesBefore)
    }

    @Test func anIdleTerminalSleeps() async throws {
        let run = try await ProbeRun()
        func asked(_ count: Int) async throws -> [Int] {
            run.terminal.type("i")
            try await run.logs("idle", count: count)
            let line = run.log.last { $0.hasPrefix("idle") } ?? ""
            return line.split(separator: " ").compactMap { Int($0) }
        }
        try await run.allArrives()
        // Whoever wakes by a timer does so in every second; the machine may hold a thread up in one of them.
        var count = 1
        var before = try await asked(count)
        try await eventually(within: .seconds(60), "a second of sleep") {
            let silent = run.terminal.output.count
            await #expect(throws: NeverHappened.self) {
                try await eventually(within: .seconds(1)) { run.terminal.output.count > silent }
            }
            count += 1
            let after = try await asked(count)
            defer { before = after }
            print("idle for a second: \(after[0] - before[0]) turns, \(after[1] - before[1]) switches with a key")
            // The key that asks wakes it: once for its byte.
            return after[0] - before[0] <= 2 && after[1] - before[1] <= 2
        }
    }

    @Test func theTitleIsSetAndGivenBack() async throws {
        let run = try await ProbeRun()
        try await run.terminal.shows("\u{1B}]2;probe title\u{07}")
        run.terminal.type("q")
        try await run.terminal.ended()
        // Kept on the terminal's own stack.
        #expect(run.terminal.text.contains("\u{1B}[22;0;0t"))
        #expect(run.terminal.text.contains("\u{1B}[23;0;0t"))
    }

    @Test func theTitleIsKeptWhereTheDescriptionForgetsIt() async throws {
        let run = try await ProbeRun(term: "tmux-256color")
        run.terminal.type("q")
        try await run.terminal.ended()
        #expect(run.terminal.text.contains("\u{1B}[22;2t"))
        #expect(run.terminal.text.contains("\u{1B}[23;2t"))
    }

    @Test func aSizeBeyondAllSenseIsCut() async throws {
        let run = try await ProbeRun(rows: 65_535, columns: 65_535)
        #expect(run.log.contains("event resize 2000x1000"))
        run.terminal.type("q")
        #expect(try await run.terminal.ended() == .exited(0))
    }

    @Test func theBellRings() async throws {
        let run = try await ProbeRun()
        try await run.allArrives()
        let before = run.terminal.output.count
        run.terminal.type("b")
        try await eventually("a bell") { run.terminal.output.dropFirst(before) == [0x07] }
    }

    @Test func textIsOfferedToTheClipboard() async throws {
        let run = try await ProbeRun()
        let sent = try await run.output(until: "copied") { run.terminal.type("c") }
        #expect(sent == "\u{1B}]52;c;aGVsbG8=\u{07}")
        #expect(run.log.contains("copied sent(bytes: 5)"))
    }

    @Test(arguments: [
        ("set -s set-clipboard on", "sent(bytes: 5)"), ("set -s set-clipboard external", "refused"),
        ("set -s set-clipboard off ; set -g allow-passthrough on", "sent(bytes: 5)"),
    ])
    func tmuxIsAskedWhetherItLetsACopyThrough(option: String, answer: String) async throws {
        let tmux = try Tmux()
        let pane = try await tmux.run("'\(Checkout.program("TerminalProbe"))' '\(tmux.path("log"))'")
        try await eventually("the first frame") { try await pane.screen().first == "probe 0" }
        for command in option.split(separator: ";") {
            try await tmux.command(command.split(separator: " ").map(String.init))
        }
        try await pane.keys("c")
        try await eventually("\(answer)") { try tmux.read("log").contains("copied \(answer)") }
    }
}

import Glibc
import TestKit
import Testing

/// The real console beside what happens to a process and its state: other writers, servers that come and go, states that
/// are replaced or locked, signals. No node and no Envoy is needed for it.
@Suite("The console as a process", .serialized, .timeLimit(.minutes(5)))
struct ConsoleProcessTests {
    private static let usual: [String: String?] = ["TERM": "xterm-256color", "LANG": "C.UTF-8", "NO_COLOR": nil]

    private func open(
        _ bench: StateBench, _ options: String = "console", columns: Int = 120, rows: Int = 30,
        environment more: [String: String?] = [:]
    ) async throws -> TmuxScreen {
        let environment = bench.environment.merging(Self.usual) { $1 }.merging(more) { $1 }
        return try await TmuxScreen.start(
            "\(Checkout.program("signalbox")) \(options); echo status $?; cat", columns: columns, rows: rows,
            environment: environment, in: bench.folder)
    }

    private func terminal(
        _ bench: StateBench, _ words: [String] = ["console"], rows: Int = 24, columns: Int = 80,
        environment more: [String: String?] = [:]
    ) throws -> PseudoTerminal {
        let environment = bench.environment.merging(Self.usual) { $1 }.merging(more) { $1 }
        return try PseudoTerminal(
            Checkout.program("signalbox"), words, environment: environment, rows: rows, columns: columns)
    }

    // MARK: asleep

    @Test func anIdleConsoleWakesForNothing() async throws {
        let bench = try await StateBench.made()
        let terminal = try terminal(bench, ["console", "--at", "routing"])
        try await terminal.shows("routing")
        // Whoever wakes every second never has three seconds without; a minute's clock and the end of the start do.
        func sleeps() -> Int { Self.sleeps(of: terminal.pid) }
        let clock = ContinuousClock()
        var (count, since) = (sleeps(), clock.now)
        try await eventually(within: .seconds(90), every: .milliseconds(200), "three seconds of sleep") {
            let now = sleeps()
            if now != count { (count, since) = (now, clock.now) }
            return clock.now - since > .seconds(3)
        }
        #expect(count > 0, "it was awake before")
        terminal.type("Q")
        #expect(try await terminal.ended() == .exited(0))
    }

    /// Times that threads of a process went to sleep by themselves.
    private static func sleeps(of pid: pid_t) -> Int {
        guard let tasks = opendir("/proc/\(pid)/task") else { return -1 }
        defer { closedir(tasks) }
        var sum = 0
        while let entry = readdir(tasks) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let file = fopen("/proc/\(pid)/task/\(name)/status", "r") else { continue }
            defer { fclose(file) }
            var bytes = [UInt8](repeating: 0, count: 8_192)
            let text = String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
            let line = text.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches:") }
            sum += line.flatMap { Int($0.split(separator: "\t").last ?? "") } ?? 0
        }
        return sum
    }

    // MARK: others

    @Test func whatOthersWriteIsSeenWithoutAServer() async throws {
        let bench = try await StateBench.made()
        let screen = try await open(bench)
        try await screen.shows("applications 1/1", "no server")
        try await bench.run(["app", "create", "blog", "--zone", ShopZone.name])
        try await screen.shows("applications", "blog")
        try await bench.run(["app", "create", "docs", "--zone", ShopZone.name])
        try await screen.shows("docs")
        await screen.stop()
    }

    @Test func aServerComesAndGoesAndComesBack() async throws {
        let bench = try await StateBench.made()
        let screen = try await open(bench)
        try await screen.shows("applications 1/1", "no server")
        for _ in 0..<2 {
            let server = try await bench.serve()
            try await screen.shows("● live")
            // It is the server now that tells of others.
            try await bench.run(["version", "create", "shop", "--from", "shop@1"])
            await server.terminate()
            try await screen.shows("stale")
        }
        try await screen.press("Enter")
        try await screen.shows("@3", "@2")
        await screen.stop()
    }

    @Test func aStateThatTakesThePlaceOfAnotherIsShown() async throws {
        let bench = try await StateBench.made()
        let other = try await StateBench.made(applications: ["blog"])
        let screen = try await open(bench)
        try await screen.shows("applications 1/1", "shop")
        for suffix in ["-wal", "-shm"] { _ = unlink(bench.state + suffix) }
        try #require(rename(other.state + "-wal", bench.state + "-wal") == 0)
        try #require(rename(other.state, bench.state) == 0)
        try await screen.shows("applications 1/1", "blog")
        // It can be written to as well.
        try await screen.press("Enter")
        try await screen.shows("@1")
        try await screen.press("c")
        try await screen.shows("made draft blog@2")
        await screen.stop()
    }

    @Test func aStateOfANewerProgramIsNotWrittenTo() async throws {
        let bench = try await StateBench.made()
        let screen = try await open(bench, "console --at shop")
        try await screen.shows("@1")
        try await python(bench, "c.execute('PRAGMA user_version = 9999')")
        try await screen.press("c")
        try await screen.shows("newer")
        try await screen.press("Q")
        try await screen.shows("status 0")
        await screen.stop()
        try await python(bench, "assert c.execute(\"SELECT count(*) FROM version\").fetchone()[0] == 1")
    }

    @Test func whileAnotherWritesKeysAreAnsweredAndTheChangeWaits() async throws {
        let bench = try await StateBench.made()
        let screen = try await open(bench, "console --at shop")
        try await screen.shows("@1")
        let holder = try ChildProcess(
            "python3",
            [
                "-c",
                """
                import signal, sqlite3, sys
                c = sqlite3.connect(sys.argv[1], isolation_level=None)
                c.execute('BEGIN IMMEDIATE')
                sys.stderr.write('held\\n')
                signal.pause()
                """, bench.state,
            ])
        try await eventually("the lock") { holder.errors.contains("held") }
        try await screen.press("c")
        try await screen.press("?")
        try await screen.shows("help")
        try await screen.press("Escape")
        #expect(try await !screen.text().contains("made draft"))
        await holder.terminate()
        try await screen.shows("made draft shop@2")
        await screen.stop()
    }

    private func python(_ bench: StateBench, _ line: String) async throws {
        let finished = try await ChildProcess.run(
            "python3",
            [
                "-c", "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1], isolation_level=None)\n\(line)\nc.close()",
                bench.state,
            ])
        try #require(finished.exit.isSuccess, "\(finished.errors)")
    }

    // MARK: ends

    /// A program in the place of Envoy that never ends by itself and says who it is.
    private func stuckEnvoy(_ bench: StateBench) throws -> String {
        let file = try bench.folder.write(
            "#!/bin/sh\necho $$ > '\(bench.folder.path("envoy.pid"))'\nexec sleep 1000\n", to: "envoy")
        chmod(file, 0o755)
        return file
    }

    private func stuckPid(_ bench: StateBench) async throws -> pid_t {
        try await eventually(within: .seconds(60), "it runs") {
            try pid_t(bench.folder.read("envoy.pid").filter { $0.isNumber }).flatMap { kill($0, 0) == 0 ? $0 : nil }
        }
    }

    private func isGone(_ pid: pid_t) async throws {
        try await eventually(within: .seconds(60), "\(pid) is gone") { kill(pid, 0) != 0 || Self.isZombie(pid) }
    }

    /// Ended, and its parent did not ask: the first process of a container may never do.
    private static func isZombie(_ pid: pid_t) -> Bool {
        guard let file = fopen("/proc/\(pid)/stat", "r") else { return true }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 512)
        let text = String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
        return text.split(separator: ")").last?.hasPrefix(" Z") ?? true
    }

    @Test func quittingEndsWhatItStarted() async throws {
        let bench = try await StateBench.made()
        try await bench.run(["version", "create", "shop", "--from", "shop@1"])
        try await bench.run(["env", "assign", "staging", "shop@2"] + StateBench.change)
        let screen = try await open(bench, environment: ["SIGNALBOX_ENVOY": stuckEnvoy(bench)])
        try await screen.shows("applications 1/1")
        // The question asks Envoy about the plan; a command of the bar does too, in a process of its own.
        for keys in ["p", ":"] {
            unlink(bench.folder.path("envoy.pid"))
            try await screen.press(keys)
            if keys == ":" {
                try await screen.type("promote shop --reason because --yes --accept-warnings")
                try await screen.press("Enter")
            }
            let pid = try await stuckPid(bench)
            // Ctrl-C ends the work and not the console.
            try await screen.press("C-c")
            try await isGone(pid)
            if keys == ":" {
                // The answer of the command that was ended comes when it comes, and would take the keys of what follows.
                try await screen.shows("exit 1")
                try await screen.press("Escape") { !$0.contains("exit 1") }
            }
            try await screen.shows("applications 1/1")
            // Twice within a second would end the console.
            let clock = ContinuousClock()
            let pressed = clock.now
            try await eventually("more than a second passes") { clock.now - pressed > .milliseconds(1_100) }
        }
        unlink(bench.folder.path("envoy.pid"))
        try await screen.press(":")
        try await screen.type("promote shop --reason because --yes --accept-warnings")
        try await screen.press("Enter")
        let pid = try await stuckPid(bench)
        try await screen.press("Q")
        try await screen.shows("status 0")
        try await isGone(pid)
        await screen.stop()
    }

    @Test(arguments: [SIGHUP, SIGTERM])
    func aSignalInTheMiddleOfAChangeLeavesItWholeOrUndone(signal: Int32) async throws {
        let bench = try await StateBench.made()
        try await bench.run(["version", "create", "shop", "--from", "shop@1"])
        try await bench.run(["env", "assign", "staging", "shop@2"] + StateBench.change)
        let terminal = try terminal(bench, ["console"], rows: 40, columns: 140)
        try await terminal.shows("shop")
        terminal.type("p")
        try await terminal.shows("Apply")
        let clock = ContinuousClock()
        let opened = clock.now
        try await eventually("the dialog hears") { clock.now - opened > .milliseconds(400) }
        terminal.type("w")
        terminal.type("y")
        // At the same time: the window is closed, or somebody ends the process.
        if signal == SIGHUP { terminal.hangUp() } else { terminal.signal(signal) }
        try await eventually(within: .seconds(60), "the end") { terminal.exit != nil }
        // A terminal that is lost is seen before its signal comes, which may then meet a console that has ended its work
        // and given the signals back; a shell tells both as 129.
        var ends: [ChildProcess.Exit?] = [.exited(128 + signal)]
        if signal == SIGHUP { ends.append(.signalled(SIGHUP)) }
        #expect(ends.contains(terminal.exit))
        // The journal and the assignment say the same, whatever came first.
        try await bench.run(["audit", "verify"])
        try await bench.run(["state", "check"])
        let promoted = try await bench.run(["history", "--output", "json"]).output.contains("promote shop@2")
        let serves = try await bench.run(["app", "show", "shop"]).output.contains("shop@2")
        #expect(!promoted || serves)
    }

    @Test func controlZStopsItAndFgBringsItBack() async throws {
        let bench = try await StateBench.made()
        let environment = bench.environment.merging(Self.usual) { $1 }.merging(["PS1": "prompt> "]) { $1 }
        let terminal = try PseudoTerminal(
            "bash", ["--norc", "--noprofile", "-i"], environment: environment, rows: 24, columns: 80)
        try await terminal.shows("prompt> ")
        terminal.type("\(try Checkout.program("signalbox")) console\n")
        try await terminal.shows("applications")
        terminal.type([0x1A])
        try await terminal.shows("Stopped")
        let before = terminal.output.count
        terminal.type("fg\n")
        try await eventually("the whole picture again") {
            String(decoding: terminal.output.dropFirst(before), as: UTF8.self).contains("applications")
        }
        terminal.type("Q")
        try await eventually("the prompt") { terminal.text.hasSuffix("prompt> ") }
        terminal.type("exit\n")
        try await terminal.ended()
    }

    // MARK: what is sent

    @Test func withoutColoursNoneIsSent() async throws {
        let bench = try await StateBench.made()
        let terminal = try terminal(bench, environment: ["NO_COLOR": "1"])
        try await terminal.shows("shop")
        terminal.type("Q")
        #expect(try await terminal.ended() == .exited(0))
        // 30 to 49 and 90 to 107 are colours, 38 and 48 begin those of a palette.
        let colours = terminal.text.split(separator: "\u{1B}[").dropFirst().compactMap { part -> String? in
            guard let end = part.firstIndex(where: { !$0.isNumber && $0 != ";" }), part[end] == "m" else { return nil }
            let codes = part[..<end].split(separator: ";").compactMap { Int($0) }
            return codes.contains { (30...38).contains($0) || (40...48).contains($0) || $0 >= 90 }
                ? String(part[..<end]) : nil
        }
        #expect(colours.isEmpty, "\(colours)")
    }

    @Test func theThemeOfTheEnvironmentIsTheOneThatIsLookedFor() async throws {
        let bench = try await StateBench.made()
        let terminal = try terminal(bench, environment: ["SIGNALBOX_THEME": "no-such-theme"])
        try await terminal.shows("no-such-theme")
        terminal.type("Q")
        #expect(try await terminal.ended() == .exited(0))
    }

    @Test(
        arguments: [
            (["TERM": "dumb"], "cannot place its cursor"), (["TERM": nil], "TERM is not set"),
            (["TERM": "no-such-terminal"], "terminfo"),
        ] as [([String: String?], String)])
    func aTerminalThatShowsNoScreenIsToldOf(environment: [String: String?], words: String) async throws {
        let bench = try await StateBench.made()
        let terminal = try terminal(bench, environment: environment)
        #expect(try await terminal.ended() == .exited(64))
        #expect(terminal.text.contains(words) && terminal.text.contains("--accessible"))
        #expect(!terminal.text.contains("\u{1B}[?1049h"), "the screen is left alone")
        #expect(terminal.modes == terminal.modesBefore)
    }

    @Test func hostileTextOfAStateNeverReachesTheTerminalRaw() async throws {
        let bench = try await StateBench.made()
        let hostile = "\u{1B}]52;c;aGk=\u{07}\u{1B}[2J\u{9B}31m\u{202E}evil\u{7F}"
        // What no verb would take, as somebody who can write the file would have it.
        try await python(
            bench,
            "t = bytes.fromhex('\(hostile.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())').decode()\n"
                + "c.execute('UPDATE version SET note = ?, author = ?', (t, t))")
        let terminal = try terminal(bench, rows: 40, columns: 160)
        try await terminal.shows("shop")
        terminal.type("\r")
        try await terminal.shows("⟨1B⟩")
        for keys in ["\r", "gu", "gl", "gd", "\r", "gf", "ga", "p", "?"] {
            terminal.type(keys)
            let before = terminal.output.count
            _ = try? await eventually(within: .milliseconds(700), "a picture") { terminal.output.count > before + 20 }
        }
        terminal.type([0x03, 0x03])
        try await terminal.ended()
        let text = terminal.text
        for raw in ["\u{1B}]52", "\u{1B}[2J\u{9B}", "\u{9B}", "\u{202E}", "\u{7F}"] {
            #expect(
                !text.unicodeScalars.starts(with: raw.unicodeScalars) && !text.contains(raw), "\(raw.debugDescription)")
        }
    }
}

import Glibc
import TestKit
import Testing

/// `--context NAME` through a real ssh to a real sshd.
@Suite("Another machine over ssh", .serialized, .enabled(if: SSHServer.isPossible), .timeLimit(.minutes(5)))
struct RemoteContextTests {
    /// What a shell of either side could make something of.
    private static func hostile(_ folder: String) -> [String] {
        [
            "", " ", "two words", "it's", "'", "\"", "$(touch \(folder)/pwned)", "`touch \(folder)/pwned`", "$HOME",
            "a;touch \(folder)/pwned", "a&b", "a|b", "*", "/*", "?", "[a-z]*", "{a,b}", "~", "~root", "!!", "#x",
            "a\\b",
            "\\", "a\nb", "\n", "\t", "a\r\nb", "--", "-t", "-oProxyCommand=id", "é ü 中 🚦", "e\u{301}", "\u{1}\u{7F}",
            "$'\\x41'", ">\(folder)/pwned", "(a)", "x=y", "end\\",
        ]
    }

    @Test func argumentsArriveByteForByte() async throws {
        let server = try await SSHServer.start(script: "#!/bin/sh\nfor word do printf '%s\\000' \"$word\"; done\n")
        let words = Self.hostile(server.folder.path)
        let answer = try await server.signalbox(["trace", "--context", "fra", "--"] + words)
        #expect(answer.status == 0, "\(answer)")
        #expect(
            answer.output.split(separator: "\0", omittingEmptySubsequences: false).dropLast().map { String($0) }
                == ["trace", "--"] + words)
        #expect(access(server.folder.path("pwned"), F_OK) != 0)
        await server.stop()
    }

    @Test func theStatusIsTheOneThere() async throws {
        let server = try await SSHServer.start(
            script: "#!/bin/sh\n[ \"$1\" = kill ] && kill -\"$2\" $$\nexit \"$2\"\n")
        for status: Int32 in [0, 1, 64, 65, 66, 69, 70, 73, 75, 77, 124, 130, 143, 254] {
            let answer = try await server.signalbox("exit", "\(status)", "--context", "fra")
            #expect(answer.status == status, "\(answer)")
            #expect(answer.errors.isEmpty, "\(answer)")
        }
        // sshd tells ssh of a signal in a way that ends it with the status of its own failures.
        for signal in [SIGKILL, SIGTERM, SIGINT] {
            let answer = try await server.signalbox("kill", "\(signal)", "--context", "fra")
            #expect(answer.status == 128 + signal, "\(answer)")
        }
        await server.stop()
    }

    @Test func standardInputArrivesByteForByteAndEnds() async throws {
        let server = try await SSHServer.start(script: "#!/bin/sh\nwc -c\nsha256sum\n".replacing("wc -c\n", with: ""))
        let input = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 251) }
        let there = try await server.signalbox(["cat", "--context", "fra"], input: input)
        let here = try await ChildProcess.run("sha256sum", input: input)
        #expect(there.status == 0 && there.output == here.output, "\(there)")
        await server.stop()
    }

    @Test func realCommandsWorkThereAsHere() async throws {
        let bench = try await StateBench.made()
        let server = try await SSHServer.start(state: bench.state)
        let made = try await server.signalbox("version", "create", "shop", "--output", "name", "--context", "fra")
        #expect(made.output == "shop@2\n", "\(made)")
        let text = try await bench.run(["version", "export", "shop@2"]).output
        let edited = text.replacing(ShopZone.firstRelease, with: "release-2")
        #expect(edited != text)
        let applied = try await server.signalbox(
            ["version", "apply", "shop@2", "-f", "-", "--context=fra"], input: Array(edited.utf8))
        #expect(applied.status == 0, "\(applied)")
        #expect(try await bench.run(["version", "export", "shop@2"]).output.contains("release-2"))
        // Its answers are the same as here, but for what leads back there.
        let list = try await server.signalbox("version", "list", "--output", "json", "--context", "fra")
        #expect(try await list.output == bench.run(["version", "list", "--output", "json"]).output)
        #expect(try await server.signalbox("version", "diff", "shop@1", "shop@2", "--context", "fra").status == 1)
        #expect(try await server.signalbox("version", "show", "shop@9", "--context", "fra").status == 66)
        #expect(try await server.signalbox("version", "shew", "--context", "fra").status == 64)
        let bad = try await server.signalbox(
            ["version", "apply", "shop@2", "-f", "-", "--context", "fra"], input: Array("rules: [".utf8))
        #expect(bad.status == 65, "\(bad)")
        let unasked = try await server.signalbox(
            "env", "change", "staging", "--staging-address", "127.0.0.9", "--context", "fra")
        #expect(unasked.status == 77 && unasked.errors.contains("--yes"), "\(unasked)")
        #expect(unasked.errors.contains("--context fra"), "\(unasked)")
        // Who did it and from where is known there.
        let audit = try await bench.run(["audit", "list", "--last", "1", "--output", "json"]).output
        #expect(audit.contains("127.0.0.1"), "\(audit)")
        await server.stop()
    }

    // MARK: terminals

    @Test func aTerminalIsThereWhenOneIsHereAndFollowsItsSize() async throws {
        let script = """
            #!/bin/sh
            if [ -t 0 ] && [ -t 1 ]; then echo "terminal $TERM $COLORTERM"; else echo "none"; exit; fi
            trap 'echo interrupted; exit 3' INT
            while :; do stty size; read -r line || exit 4; [ "$line" = end ] && exit 5; done

            """
        let server = try await SSHServer.start(script: script)
        let piped = try await server.signalbox(["any", "--context", "fra"], input: Array("x\n".utf8))
        #expect(piped.output == "none\n", "\(piped)")
        for (keys, status): ([UInt8], Int32) in [(Array("end\n".utf8), 5), ([0x03], 3)] {
            let terminal = try PseudoTerminal(
                Checkout.program("signalbox"), ["any", "--context", "fra"],
                environment: server.environment.merging(["TERM": "xterm-256color", "COLORTERM": "truecolor"]) { $1 },
                rows: 24, columns: 80)
            try await terminal.shows("terminal xterm-256color truecolor")
            try await terminal.shows("24 80")
            terminal.resize(rows: 31, columns: 97)
            // The new size is there when ssh has told it: a line is asked for until then.
            try await eventually(within: .seconds(60), every: .milliseconds(200), "the new size") {
                terminal.type("again\n")
                return terminal.text.contains("31 97")
            }
            terminal.type(keys)
            #expect(try await terminal.ended() == .exited(status), "\(terminal.text)")
            #expect(terminal.modes == terminal.modesBefore)
        }
        await server.stop()
    }

    @Test func theConsoleOfThereOpensHere() async throws {
        let bench = try await StateBench.made()
        try await bench.run(["version", "create", "shop", "--from", "shop@1"])
        try await bench.run(["env", "assign", "staging", "shop@2"] + StateBench.change)
        let server = try await SSHServer.start(state: bench.state)
        let screen = try await TmuxScreen.start(
            "\(Checkout.program("signalbox")) --context fra; echo status $?; cat", columns: 120, rows: 30,
            environment: server.environment.merging(["TERM": "xterm-256color", "LANG": "C.UTF-8"]) { $1 },
            in: server.folder)
        // Whose state it is stands in its head.
        try await screen.shows("applications 1/1", "fra")
        try await screen.press("p")
        try await screen.confirm("promote shop@2 to production (now shop@1)")
        try await eventually(within: .seconds(60), "shop@2 in production") {
            try await bench.run(["app", "show", "shop"]).output.contains("shop@2")
        }
        try await screen.press("Escape")
        try await screen.press("b") { $0.contains("roll back to shop@1") }
        try await screen.confirm("roll back to shop@1 in production (now shop@2)")
        try await eventually(within: .seconds(60), "the way back in the journal") {
            try await bench.run(["history", "--output", "json"]).output.contains("rollback")
        }
        try await screen.resize(columns: 50, rows: 12)
        try await screen.shows("needs 60x16 (now 50x12)")
        try await screen.resize(columns: 100, rows: 25)
        try await screen.shows("shop")
        try await screen.press("Q")
        try await screen.shows("status 0")
        await screen.stop()
        await server.stop()
    }

    // MARK: what goes wrong

    @Test func aMachineThatIsNotReachedIsSaidSo() async throws {
        let server = try await SSHServer.start(script: "#!/bin/sh\necho ran\n")
        for (context, words) in [
            ("down", "Connection refused"), ("stranger", "Permission denied"),
            ("unknown", "Host key verification failed"),
        ] {
            let answer = try await server.signalbox("status", "--context", context)
            #expect(answer.status == 69, "\(answer)")
            #expect(answer.errors.contains(words) && answer.errors.contains("did not get to \(context)"), "\(answer)")
            #expect(answer.output.isEmpty, "\(answer)")
        }
        // A key that nobody knows is not taken for known by having been seen.
        #expect(access(server.folder.path("known_by_nobody"), F_OK) != 0)
        // Another key than the known one, as of somebody between: never.
        let other = try server.folder.read("stranger.pub").split(separator: " ").prefix(2).joined(separator: " ")
        let known = try server.folder.read("known_hosts").split(separator: " ")[0]
        try server.folder.write("\(known) \(other)\n", to: "known_hosts")
        let between = try await server.signalbox("status", "--context", "fra")
        #expect(between.status == 69 && between.errors.contains("REMOTE HOST IDENTIFICATION HAS CHANGED"), "\(between)")
        await server.stop()
    }

    @Test func aProgramThatIsNotThereIsSaidSo() async throws {
        let server = try await SSHServer.start(script: "#!/bin/sh\n")
        unlink(server.program)
        let answer = try await server.signalbox("status", "--context", "fra")
        #expect(answer.status == 69, "\(answer)")
        #expect(answer.errors.contains("there is no program \(server.program) on fra"), "\(answer)")
        await server.stop()
    }
}

extension EndToEnd {
    @Suite("A connection that breaks")
    struct BrokenConnectionTests {
        @Test(.enabled(if: SSHServer.isPossible))
        func whileAChangeWaitsForNodesItStandsAndIsFound() async throws {
            let edge = try await EdgeScenario.running(nodes: 1)
            try await edge.promoteSecondVersion()
            let server = try await SSHServer.start(state: edge.state)
            // It acknowledges nothing until it goes on.
            let envoy = try #require(edge.envoyProcess(of: edge.nodes[0]))
            kill(envoy, SIGSTOP)
            let change = try ChildProcess(
                Checkout.program("signalbox"), ["rollback", "shop", "--wait", "10m", "--yes", "--context", "fra"],
                environment: server.environment, directory: server.folder.path)
            try await eventually(within: .seconds(60), "the change is committed") {
                if !change.isRunning { throw SSHServer.Failure(what: change.errors) }
                let last = try await edge.signalbox("history", "--last", "1").output
                return last.contains("rollback")
            }
            try await server.breakConnections()
            let exit = try await change.wait(within: .seconds(60))
            #expect(exit == .exited(69), "\(change.errors)")
            // What it tells to type answers whether it was done.
            let told = "signalbox audit list --last 5 --context fra"
            #expect(change.errors.contains(told), "\(change.errors)")
            let found = try await server.signalbox(told.split(separator: " ").dropFirst().map { String($0) })
            #expect(found.status == 0 && found.output.contains("rollback"), "\(found)")
            kill(envoy, SIGCONT)
            try await edge.serves("shop@1", at: edge.production)
            await server.stop()
            await edge.stop()
        }
    }
}

import FoundationEssentials
import TestKit
import Testing

@testable import signalbox

/// `--context`: the verb runs elsewhere with the arguments it was given and ends as it ended there.
@Suite struct RemoteContextTests {
    @Test func theOptionIsTakenOutWhereverItStands() throws {
        func taken(_ words: String...) throws -> [String]? {
            try RemoteContext.take(from: words).map { [$0.name] + $0.arguments }
        }
        #expect(try taken("status") == nil)
        #expect(try taken("status", "--context", "fra", "-o", "json") == ["fra", "status", "-o", "json"])
        #expect(try taken("--context=fra", "zone", "list") == ["fra", "zone", "list"])
        #expect(try taken("version", "note", "--", "--context", "fra") == nil)
        #expect(
            try taken("x", "--context", "fra", "--", "--context=hil") == ["fra", "x", "--", "--context=hil"])
        #expect(try taken("---completion", "status", "--context", "fra") == nil)
        for words in [["status", "--context"], ["--context", "-q"], ["--context=a", "--context", "b"]] {
            #expect(throws: ErrorReport.self, "\(words)") { try RemoteContext.take(from: words) }
        }
    }

    @Test(arguments: ["-oProxyCommand=id", "", "a b", "a\nb", "fra\u{1B}[2J"])
    func aHostThatSshWouldMisreadIsRefused(host: String) throws {
        #expect(RemoteContext.problem(withHost: host) != nil)
        let escaped = host.replacing("\n", with: "\\n").replacing("\u{1B}", with: "\\e")
        #expect(throws: ErrorReport.self) {
            try ClientConfiguration.read(Array("contexts: {fra: {host: \"\(escaped)\"}}".utf8), path: "config.yaml")
        }
    }

    @Test func contextsAreReadStrictlyAndWrittenBack() throws {
        let text = "contexts: {fra: {host: ops@fra.example, program: /usr/local/bin/signalbox}, hil: {host: hil}}"
        let read = try ClientConfiguration.read(Array(text.utf8), path: "config.yaml")
        #expect(read.contexts["fra"] == RemoteContext(host: "ops@fra.example", program: "/usr/local/bin/signalbox"))
        #expect(read.contexts["hil"] == RemoteContext(host: "hil"))
        for bad in [
            "contexts: [a]", "contexts: {fra: {}}", "contexts: {fra: {host: a, hosts: b}}",
            "contexts: {F R: {host: a}}",
            "contexts: {fra: {host: a, program: -x}}",
        ] {
            #expect(throws: ErrorReport.self, "\(bad)") {
                try ClientConfiguration.read(Array(bad.utf8), path: "config.yaml")
            }
        }
    }

    /// What a shell could make something of, an argument each.
    static let hostile = [
        "", " ", "two words", "it's", "'", "''", "\"", "$(touch pwned)", "`touch pwned`", "$HOME", "a;touch pwned",
        "a&b",
        "a|b", "*", "?", "[a-z]*", "{a,b}", "~", "~root", "!!", "#x", "a\\b", "\\", "a\nb", "\n", "\t", "=ls", "%1",
        "--",
        "-n", "é ü 中 🚦", "a\u{7F}b", "$'\\x41'", ">pwned", "<in", "(a)", "x=y", "end\\",
    ]

    /// In the place of ssh: does with the last argument what sshd does with it.
    private func fakeSSH(_ folder: TemporaryDirectory) async throws {
        let script = """
            #!/bin/sh
            terminal=$1
            while [ "$1" != "--" ]; do shift || exit 255; done
            printf '%s\\n' "$terminal" "$2" >"$FAKE_LOG"
            [ "$2" = down.example ] && { echo 'ssh: connect to host down.example port 22: Connection refused' >&2; exit 255; }
            for joined do :; done
            cd "$FAKE_HOME" && exec sh -c "$joined"

            """
        _ = try await folder.script(script, to: "bin/ssh")
        // In the place of the program there: says what it was given, byte by byte, and what it can read.
        let program = """
            #!/bin/sh
            for word do printf '%s\\000' "$word"; done
            cat
            echo "$SIGNALBOX_CONTEXT $SIGNALBOX_STATE" >&2
            exit "${FAKE_STATUS:-0}"

            """
        _ = try await folder.script(program, to: "far/signalbox")
        try folder.write(
            """
            contexts:
              fra: {host: ops@fra.example, program: \(folder.path("far/signalbox")), state: /srv/it's here/state.db}
              down: {host: down.example}
              bare: {host: fra.example, program: \(folder.path("far/none"))}
            """, to: "config/signalbox/config.yaml")
    }

    private func run(
        _ words: [String], in folder: TemporaryDirectory, input: String = "", _ more: [String: String?] = [:]
    ) async throws -> CommandAnswer {
        let environment: [String: String?] = [
            "HOME": folder.path, "XDG_CONFIG_HOME": folder.path("config"), "XDG_STATE_HOME": folder.path("state"),
            "SIGNALBOX_STATE": nil, "NO_COLOR": "1", "FAKE_LOG": folder.path("log"), "FAKE_HOME": folder.path("far"),
            "PATH": folder.path("bin") + ":/usr/bin:/bin",
        ]
        return CommandAnswer(
            arguments: words,
            try await ChildProcess.run(
                Checkout.program("signalbox"), words, environment: environment.merging(more) { $1 },
                directory: folder.path, input: Array(input.utf8)))
    }

    @Test func hostileArgumentsArriveAsTheyAre() async throws {
        let folder = try TemporaryDirectory("context")
        try await fakeSSH(folder)
        // After a bare `--` nothing is an option of ours.
        let answer = try await run(["trace", "--context", "fra", "--"] + Self.hostile, in: folder, input: "line in\n")
        #expect(answer.status == 0, "\(answer)")
        let words = answer.output.split(separator: "\0", omittingEmptySubsequences: false).map { String($0) }
        #expect(words == ["trace", "--"] + Self.hostile + ["line in\n"])
        #expect(answer.errors == "fra /srv/it's here/state.db\n")
        #expect(TestFiles.names(in: folder.path("far")) == ["signalbox"])
        #expect(try folder.read("log") == "-T\nops@fra.example\n")
    }

    @Test(arguments: [true, false])
    func aTerminalHereIsATerminalThereThatLooksTheSame(isTerminal: Bool) {
        let context = RemoteContext(host: "ops@fra.example")
        let variables = ["NO_COLOR": "1", "COLORTERM": "true;color", "SIGNALBOX_ACCESSIBLE": "1", "HOME": "/here"]
        let here = ProcessEnvironment(
            variables: { variables[$0] }, arguments: [], isInputTerminal: isTerminal, isOutputTerminal: true,
            isErrorTerminal: true)
        let words = context.command(["status", "it's"], named: "fra", here)
        #expect(words.prefix(2) == ["ssh", isTerminal ? "-t" : "-T"])
        #expect(words.suffix(3).dropLast() == ["--", "ops@fra.example"])
        // A machine that is not there, or that goes away, is given up in less than a minute.
        #expect(words.contains("ConnectTimeout=15") && words.contains("ServerAliveInterval=15"))
        let looks = isTerminal ? "'NO_COLOR=1' 'COLORTERM=true;color' 'SIGNALBOX_ACCESSIBLE=1'" : "'NO_COLOR=1'"
        #expect(
            words.last?.hasSuffix("'env' 'SIGNALBOX_CONTEXT=fra' \(looks) 'signalbox' 'status' 'it'\\''s'") == true,
            "\(words)")
    }

    @Test(arguments: [0, 1, 64, 77, 124, 125, 130])
    func theStatusIsTheOneOfTheProgramThere(status: Int) async throws {
        let folder = try TemporaryDirectory("context")
        try await fakeSSH(folder)
        let answer = try await run(["status", "--context=fra"], in: folder, ["FAKE_STATUS": "\(status)"])
        #expect(answer.status == Int32(status), "\(answer)")
    }

    @Test func whatSshCannotDoIsUnavailableAndSaidClearly() async throws {
        let folder = try TemporaryDirectory("context")
        try await fakeSSH(folder)
        let down = try await run(["status", "--context", "down"], in: folder)
        #expect(down.status == 69, "\(down)")
        #expect(down.errors.contains("Connection refused") && down.errors.contains("context down"), "\(down)")
        let bare = try await run(["status", "--context", "bare", "-o", "json"], in: folder)
        #expect(bare.status == 69, "\(bare)")
        #expect(bare.errors.contains("context.bare.program"), "\(bare)")
        let unknown = try await run(["status", "--context", "nowhere"], in: folder)
        #expect(unknown.status == 66, "\(unknown)")
        #expect(unknown.errors.contains("context.nowhere.host"), "\(unknown)")
        let without = try await run(["status", "--context", "fra"], in: folder, ["PATH": folder.path("far")])
        #expect(without.status == 73, "\(without)")
    }

    @Test func whatIsToldToTypeNextLeadsToTheSameMachine() async throws {
        let folder = try TemporaryDirectory("context")
        let there: [String: String?] = ["SIGNALBOX_CONTEXT": "fra"]
        let missing = try await run(["audit", "verify"], in: folder, there)
        #expect(missing.errors.contains("next:  signalbox init --context fra\n"), "\(missing)")
        #expect(try await run(["init"], in: folder, there).status == 0)
        let unasked = try await run(["env", "change", "staging", "--staging-address", "127.0.0.9"], in: folder, there)
        #expect(unasked.status == 77, "\(unasked)")
        #expect(unasked.errors.contains("127.0.0.9 --yes --context fra\n"), "\(unasked)")
        let empty = try await run(["zone", "list"], in: folder, there)
        #expect(empty.errors.contains("Next: signalbox zone example example.com --context fra > zone.yaml"), "\(empty)")
        // A name that is none cannot smuggle words into what people copy.
        let odd = try await run(["audit", "verify", "--state", "x"], in: folder, ["SIGNALBOX_CONTEXT": "a; rm b"])
        #expect(!odd.errors.contains("rm b"), "\(odd)")
    }

    @Test func settingsOfContextsAreSetShownAndTakenAway() async throws {
        let folder = try TemporaryDirectory("context")
        #expect(try await run(["config", "set", "context.fra.program", "/usr/bin/x"], in: folder).status == 65)
        #expect(try await run(["config", "set", "context.fra.host", "ops@fra.example"], in: folder).status == 0)
        #expect(try await run(["config", "set", "context.fra.program", "/usr/bin/x"], in: folder).status == 0)
        let shown = try await run(["config", "show"], in: folder)
        #expect(shown.output.contains("context.fra.host") && shown.output.contains("/usr/bin/x"), "\(shown)")
        #expect(try await run(["config", "set", "context.fra.port", "22"], in: folder).status == 64)
        #expect(try await run(["config", "unset", "context.fra"], in: folder).status == 0)
        #expect(try await !run(["config", "show"], in: folder).output.contains("context.fra"))
    }
}

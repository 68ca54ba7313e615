import ArgumentParser
import ControlPlane
import EdgeModel
import FoundationEssentials
import TestKit
import Testing

@testable import signalbox

@Suite struct SessionTests {
    private func environment(_ variables: [String: String], _ arguments: [String] = []) -> ProcessEnvironment {
        ProcessEnvironment(
            variables: { variables[$0] }, arguments: ["signalbox"] + arguments, isInputTerminal: false,
            isOutputTerminal: false,
            isErrorTerminal: false)
    }

    @Test func theStateIsWhereTheOptionOrTheVariableOrXDGSays() {
        let home = environment(["HOME": "/home/ada"])
        #expect(StatePath.resolve(nil, home) == "/home/ada/.local/state/signalbox/state.db")
        #expect(StatePath.resolve(nil, environment(["HOME": "/h", "XDG_STATE_HOME": "/x"])) == "/x/signalbox/state.db")
        #expect(
            StatePath.resolve(nil, environment(["HOME": "/h", "XDG_STATE_HOME": "relative"]))
                == "/h/.local/state/signalbox/state.db")
        #expect(StatePath.resolve("~/s.db", home) == "/home/ada/s.db")
        #expect(StatePath.resolve("s.db", home) == "s.db")
    }

    @Test func anUnknownSettingNamesAllThatAreKnown() async throws {
        let folder = try TemporaryDirectory("settings")
        let answer = try await ChildProcess.run(
            Checkout.program("signalbox"), ["config", "set", "nonsense", "1"], environment: ["HOME": folder.path])
        for key in ConfigVerb.keys + ["context.NAME.host", "context.NAME.program", "context.NAME.state"] {
            #expect(answer.errors.contains(key), "\(key): \(answer.errors)")
        }
    }

    @Test func readingNeverMakesAState() throws {
        let folder = try TemporaryDirectory("session")
        let session = try Session(
            try GlobalOptions.parse(["--state", folder.path("state.db"), "--quiet"]),
            environment: environment(["HOME": folder.path]))
        #expect(try session.planeIfAny() == nil)
        #expect(throws: StoreError.self) { try session.plane(.reading) }
        #expect(throws: StoreError.self) { try session.plane(.writing) }
        #expect(TestFiles.names(in: folder.path) == [])
    }

    @Test func namesAreCompletedFromTheStateThatTheLineNames() throws {
        let folder = try TemporaryDirectory("completion")
        let state = folder.path("state.db")
        _ = try SampleAccount.make(at: state)
        let words = ["signalbox", "version", "show", "--state", state, "sh"]
        #expect(Completion.candidates(words, "sh", Completion.versionNames).contains("shop@2"))
        #expect(Completion.candidates(words, "sh", Completion.versionNames).contains("shop@production"))
        #expect(Completion.candidates(words, "s", Completion.environmentNames) == ["staging"])
        #expect(Completion.candidates(["--state=\(folder.path("none.db"))"], "", Completion.environmentNames) == [])
    }

    @Test func theCommandToRepeatIsOneThatAShellUnderstands() {
        let arguments = ["./bin/signalbox", "promote", "shop", "--reason", "it's fine; really", "--to", "production"]
        #expect(
            Confirmation.repetition(of: arguments)
                == "signalbox promote shop --reason 'it'\\''s fine; really' --to production --yes")
        #expect(
            Confirmation.repetition(of: ["signalbox", "version", "note", "--", "-x"])
                == "signalbox version note --yes -- -x")
        let words = ["signalbox", "a b", "", "it's", "\"q\" \\ $x", "plain"]
        #expect(ShellWord.split(Confirmation.repetition(of: words, adding: [])) == words)
    }

    @Test func preferencesAreReadStrictly() throws {
        let read = { (text: String) in try ClientConfiguration.read(Array(text.utf8), path: "config.yaml") }
        #expect(try read("") == ClientConfiguration())
        #expect(try read("output: json\nwait: 1m\n") == ClientConfiguration(output: .json, wait: 60_000))
        for text in ["outputt: json", "output: xml", "wait: soon", "- a", "a: &b 1"] {
            #expect(throws: ErrorReport.self, "\(text)") { try read(text) }
        }
    }

    @Test func helpForTheVerbThatWasMeant() {
        #expect(CommandErrors.help(for: ["zone", "import", "--nope"]) == "signalbox zone import --help")
        #expect(CommandErrors.help(for: ["zoen", "import"]) == "signalbox --help")
        #expect(CommandErrors.format(["zone", "list", "-o", "json"]) == .json)
        #expect(CommandErrors.format(["zone", "list", "--output=jsonl"]) == .jsonl)
        #expect(CommandErrors.format(["zone", "list"]) == nil)
    }
}

enum TestFiles {
    static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()) ?? []
    }
}

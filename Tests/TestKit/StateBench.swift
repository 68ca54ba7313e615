import FoundationEssentials
import Glibc

/// A state made by real commands, and more commands on it; no server, no nodes, no traffic.
package final class StateBench: Sendable {
    package let folder: TemporaryDirectory
    package let state: String

    private init(_ folder: TemporaryDirectory, _ state: String) {
        self.folder = folder
        self.state = state
    }

    /// An empty folder.
    package static func bare() throws -> StateBench {
        let folder = try TemporaryDirectory("state")
        return StateBench(folder, folder.path("state.db"))
    }

    /// With the shop zone, and its application in version 1 on staging and in production.
    package static func made(applications: [String] = ["shop"]) async throws -> StateBench {
        let bench = try bare()
        try await bench.run(["init", "--staging-address", "127.0.0.20"])
        let zone = try bench.folder.write(try ShopZone.text(origins: []), to: "shop.yaml")
        try await bench.run(["zone", "import", zone, "--accept-warnings", "--yes"])
        for name in applications {
            try await bench.run(["app", "create", name, "--zone", ShopZone.name])
            try await bench.run([
                "rule", "add", name, "--if", "starts_with(http.request.uri.path, \"/\(name)\")", "--use", name, "--yes",
            ])
            try await bench.run(["env", "assign", "staging", "\(name)@1"] + StateBench.change)
            try await bench.run(["promote", name] + StateBench.change)
        }
        return bench
    }

    /// The same state in a folder of its own; nobody may have this one open.
    package func copied() throws -> StateBench {
        let bench = try StateBench.bare()
        for suffix in ["", "-wal"] where access(state + suffix, F_OK) == 0 {
            try FileManager.default.copyItem(atPath: state + suffix, toPath: bench.state + suffix)
        }
        return bench
    }

    /// Options of a change that nobody is asked about and nobody waits for.
    package static let change = ["--accept-warnings", "--allow-stale-base", "--yes", "--no-wait"]

    package var environment: [String: String?] {
        [
            "SIGNALBOX_STATE": state, "XDG_STATE_HOME": folder.path("xdg"), "XDG_CONFIG_HOME": folder.path("config"),
            "NO_COLOR": "1", "SIGNALBOX_ENVOY": nil, "SIGNALBOX_MODULE": nil,
        ]
    }

    /// Runs a command that has to succeed. Throws ``CommandAnswer/Failed``.
    @discardableResult
    package func run(_ words: [String]) async throws -> CommandAnswer {
        let answer = try await attempt(words)
        guard answer.status == 0 else { throw CommandAnswer.Failed(answer: answer) }
        return answer
    }

    /// Runs a command that may fail.
    /// - Parameters:
    ///   - prefix: a program, with its arguments, that runs the command.
    ///   - program: another copy of the program.
    package func attempt(_ words: [String], prefix: [String] = [], program: String? = nil) async throws -> CommandAnswer
    {
        let line = prefix + [try program ?? Checkout.program("signalbox")] + words
        let finished = try await ChildProcess.run(
            line[0], Array(line.dropFirst()), environment: environment, directory: folder.path, within: .seconds(120))
        return CommandAnswer(arguments: words, finished)
    }

    /// What the state holds, as far as commands tell: two equal texts, two equal states.
    package func content() async throws -> String {
        var text = ""
        for words in [["version", "list"], ["history", "--last", "100000"], ["audit", "list", "--last", "100000"]] {
            text += try await run(words + ["--output", "json"]).output
        }
        return text
    }

    /// Starts a server on the state and returns when it is ready for commands.
    package func serve(_ words: [String] = [], prefix: [String] = [], program: String? = nil) async throws
        -> ChildProcess
    {
        let address = try FreePort.one()
        let line =
            prefix + [try program ?? Checkout.program("signalbox")] + ["serve", "--listen", "\(address)"] + words
        let server = try ChildProcess(
            line[0], Array(line.dropFirst()), environment: environment, directory: folder.path)
        try await eventually(within: .seconds(60), "the server") {
            server.errors.contains("listening") || !server.isRunning
        }
        guard server.isRunning else {
            throw EdgeScenario.DidNotStart(name: "serve", reason: "it ended", log: server.errors)
        }
        return server
    }
}

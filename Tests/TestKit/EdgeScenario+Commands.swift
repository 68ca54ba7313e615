import FoundationEssentials

extension EdgeScenario {
    /// The environment of every program of the scenario: its own state, nothing of the user who runs the tests, and no
    /// Envoy, so that no command checks a plan with it unless it is told to.
    package var environment: [String: String?] {
        [
            "SIGNALBOX_STATE": state, "XDG_STATE_HOME": folder.path("state"), "XDG_CONFIG_HOME": folder.path("config"),
            "NO_COLOR": "1", "SIGNALBOX_ENVOY": nil, "SIGNALBOX_MODULE": nil,
        ]
    }

    /// Runs a command that has to succeed. Throws ``CommandAnswer/Failed``.
    @discardableResult
    package func signalbox(
        _ arguments: [String], input: String = "", environment: [String: String?] = [:]
    ) async throws -> CommandAnswer {
        let answer = try await attempt(arguments, input: input, environment: environment)
        guard answer.status == 0 else { throw CommandAnswer.Failed(answer: answer) }
        return answer
    }

    /// The same with words, for commands that need no more.
    @discardableResult
    package func signalbox(_ words: String...) async throws -> CommandAnswer { try await signalbox(words) }

    /// Runs a command that may fail. Throws only when it does not end.
    package func attempt(
        _ arguments: [String], input: String = "", environment: [String: String?] = [:]
    ) async throws -> CommandAnswer {
        let finished = try await ChildProcess.run(
            Checkout.program("signalbox"), arguments, environment: self.environment.merging(environment) { $1 },
            directory: folder.path, input: Array(input.utf8), within: .seconds(120))
        return CommandAnswer(arguments: arguments, finished)
    }

    package func attempt(_ words: String...) async throws -> CommandAnswer { try await attempt(words) }

    /// Makes the next version as a draft whose configuration is the latest one's with words replaced; its name.
    @discardableResult
    package func makeVersion(
        replacing old: String = ShopZone.firstRelease, by new: String, of application: String = EdgeScenario.application
    ) async throws -> String {
        try await makeVersion(of: application) { $0.replacing(old, with: new) }
    }

    /// The same with any change of the text.
    @discardableResult
    package func makeVersion(
        of application: String = EdgeScenario.application, editing edit: (String) -> String
    ) async throws -> String {
        let made = try await signalbox("version", "create", application, "--output", "name")
        let version = made.output.trimmed
        let text = try await signalbox("version", "export", version).output
        try await signalbox(["version", "apply", version, "--file", "-"], input: edit(text))
        return version
    }
}

extension String {
    /// Without white space at the end.
    package var trimmed: String {
        var text = self[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

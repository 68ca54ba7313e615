internal import ArgumentParser
internal import ControlPlane
internal import Glibc

/// Errors of a run, told in the form that was asked for.
enum CommandErrors {
    static func isOfParser(_ error: any Error) -> Bool {
        // Help, version and completions also come as errors; the parser alone knows which text belongs to which.
        !(error is ErrorReport) && !isKnown(error)
    }

    /// Whether it is an error of ours: the parser gives every other one the status of a failure.
    private static func isKnown(_ error: any Error) -> Bool {
        let isUsage = Signalbox.exitCode(for: error) == .validationFailure
        return !isUsage && Signalbox.exitCode(for: error) != .success
    }

    static func report(parser error: any Error, _ arguments: [String]) -> Int32 {
        if Signalbox.exitCode(for: error) == .success {
            // Help, completions and the like: the answer that was asked for, in words of our own.
            output(arguments).script(Signalbox.fullMessage(for: error))
            return 0
        }
        let help = help(for: arguments)
        let report =
            UnknownVerb(in: arguments)?.report(arguments, help: help)
            ?? ErrorReport(
                .usage, at: arguments.isEmpty ? nil : UnknownVerb.line(arguments), Signalbox.message(for: error),
                remedy: help)
        output(arguments).report(report)
        return report.failure.status
    }

    static func report(_ error: any Error, _ arguments: [String]) -> Int32 {
        var report = ErrorReport(error)
        report.fallback = help(for: arguments)
        if report.failure.isOfState, let state = Completion.state(in: arguments) {
            report.stateOption = " --state \(ShellWord.quoted(state))"
        }
        if let context = ProcessEnvironment.current.context { report.stateOption += " --context \(context)" }
        output(arguments).report(report)
        return report.failure.status
    }

    /// `signalbox zone import --help` for the verb that these arguments began with.
    static func help(for arguments: [String]) -> String {
        var command: any ParsableCommand.Type = Signalbox.self
        var words = ["signalbox"]
        for argument in arguments {
            guard let next = command.configuration.subcommands.first(where: { $0._commandName == argument }) else {
                break
            }
            command = next
            words.append(argument)
        }
        return (words + ["--help"]).joined(separator: " ")
    }

    /// The form that the arguments ask for, also when they could not be parsed.
    private static func output(_ arguments: [String]) -> Output {
        let environment = ProcessEnvironment.current
        let plain = arguments.contains("--no-color") || environment["NO_COLOR"] != nil || environment["TERM"] == "dumb"
        return Output(
            format: format(arguments) ?? .table, errorColours: environment.isErrorTerminal && !plain,
            now: TimeText.now())
    }

    static func format(_ arguments: [String]) -> Output.Format? {
        for (index, word) in arguments.enumerated() {
            if word == "--output" || word == "-o", index + 1 < arguments.count {
                return Output.Format(rawValue: arguments[index + 1])
            }
            for prefix in ["--output=", "-o="] where word.hasPrefix(prefix) {
                return Output.Format(rawValue: String(word.dropFirst(prefix.count)))
            }
        }
        return nil
    }
}

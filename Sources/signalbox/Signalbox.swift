internal import ArgumentParser
internal import Glibc

/// The command line. Verbs are in `Verbs`, one file each; this is the root of their tree.
struct Signalbox: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signalbox", abstract: "See what your HTTP edge serves, change it safely, put it back.",
        discussion: Examples.text(
            "signalbox init", "signalbox status", "signalbox promote shop --to production",
            "signalbox rollback shop --env production",
            before:
                "New here? 'signalbox init', then 'signalbox status': it names the next step until traffic is served."),
        version: Program.version,
        groupedSubcommands: [
            CommandGroup(
                name: "Configuration",
                subcommands: [
                    ZoneVerb.self, AppVerb.self, VersionVerb.self, RuleVerb.self, ListVerb.self, RulesVerb.self,
                    EnvVerb.self,
                ]),
            CommandGroup(
                name: "Deployment",
                subcommands: [
                    StagingVerb.self, TraceVerb.self, PlanVerb.self, PromoteVerb.self, RollbackVerb.self, UndoVerb.self,
                    HistoryVerb.self, AuditVerb.self,
                ]),
            CommandGroup(name: "Images", subcommands: [ImagesVerb.self]),
            CommandGroup(
                name: "Fleet",
                subcommands: [
                    NodeVerb.self, ServeVerb.self, StatusVerb.self, ConsoleVerb.self, TrafficVerb.self, EventsVerb.self,
                    DoctorVerb.self,
                ]),
            CommandGroup(name: "Mail", subcommands: [EmailVerb.self]),
            CommandGroup(
                name: "Setup",
                subcommands: [InitVerb.self, StateVerb.self, ConfigVerb.self, ThemeVerb.self, CompletionsVerb.self]),
        ])
}

@main
enum Main {
    @MainActor
    static func main() async {
        // A limit on the size of files is an error of one write, told like a full disk, and not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        var arguments = LeadingOptions.moved(Array(CommandLine.arguments.dropFirst()))
        if isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 { arguments = withVerb(arguments) }
        // Before anything is awaited: the console sleeps when nothing happens, which Swift's own pool does not.
        if arguments.first == ConsoleVerb.configuration.commandName {
            let words = arguments
            exit(QuietProcess.run { await run(words) })
        }
        let status = await run(arguments)
        exit(status)
    }

    /// Without a verb in a terminal it is the console, also on another state (`signalbox --state FILE`); in a pipe, the
    /// help.
    static func withVerb(_ arguments: [String]) -> [String] {
        guard let first = arguments.first else { return ["console"] }
        let answersItself = ["-h", "--help", "--version"].contains(first) || first.hasPrefix("--generate-completion")
        return first.hasPrefix("-") && !answersItself ? ["console"] + arguments : arguments
    }

    /// - Returns: the status to exit with.
    static func run(_ arguments: [String]) async -> Int32 {
        let status = await carryOut(arguments)
        // Nobody may take half an answer for a whole one. A command that failed has said so.
        guard status <= 1, let loss = Output.loss else { return status }
        return CommandErrors.report(loss, arguments)
    }

    private static func carryOut(_ arguments: [String]) async -> Int32 {
        do {
            if let remote = try RemoteContext.take(from: arguments) {
                return try RemoteContext.run(remote.arguments, named: remote.name, .current)
            }
            var command = try Signalbox.parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return 0
        } catch let code as ExitCode {
            return code.rawValue
        } catch let error where CommandErrors.isOfParser(error) {
            return CommandErrors.report(parser: error, arguments)
        } catch {
            return CommandErrors.report(error, arguments)
        }
    }
}

internal import ArgumentParser
internal import Console
internal import CursesTerminal
internal import EdgeModel
internal import InterfaceText
internal import TerminalUI

struct ConsoleVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console", abstract: "Open the console; the same as signalbox without a verb in a terminal.",
        discussion: Examples.text(
            "signalbox console", "signalbox console --at production/shop/versions", "signalbox console --read-only",
            "signalbox console --accessible", "signalbox console --keys",
            before: """
                ? shows the keys. Everything that is changed there is a command here too, and the console tells it. With \
                --accessible it is lines, for screen readers and terminals that can only print.
                """))

    @Option(
        help: ArgumentHelp("Where to begin, e.g. production/shop/versions, nodes, deployments/12.", valueName: "place"))
    var at: String?
    @Flag(name: .customLong("read-only"), help: "Change nothing.") var isReadOnly = false
    @Flag(name: .customLong("accessible"), help: "Lines in place of a screen (also: SIGNALBOX_ACCESSIBLE=1).")
    var isAccessible = false
    @Option(
        help: ArgumentHelp(
            "Theme by name or file (default: $SIGNALBOX_THEME, else one that suits.)", valueName: "theme"))
    var theme: String?
    @Flag(help: "Take clicks and the wheel from the terminal; its own selection then needs Shift.") var mouse = false
    @Flag(name: .customLong("keys"), help: "Print all keys, your own among them, as Markdown, and open nothing.")
    var printsKeys = false
    @OptionGroup var validation: ValidationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() async throws {
        let session = try Session(global)
        let keys = KeyFile.read(session)
        if printsKeys { return print(KeyManual(keys), session.output) }
        let settings = ConsoleSettings.read(session)
        let terminal = try await open(session)
        let able = terminal.capabilities
        let files = ThemeFiles(session.environment)
        let name = ThemeChoice.name(
            asked: theme, environment: ConsoleServices.variables(session.environment),
            configured: settings.theme, depth: able.depth)
        let chosen = (try? files.theme(name).theme) ?? .base
        var setup = ConsoleModel.Setup(
            state: session.statePath, context: session.environment.context?.rawValue ?? ConsoleServices.hostName,
            isReadOnly: isReadOnly, theme: chosen.resolve(able.depth, isUnicode: able.isUnicode),
            themes: files.all().map(\.name), startedAt: TimeText.now(), zoneOffset: TimeText.zoneOffset(at:), path: at,
            actor: session.environment.actor(claimed: session.claimed).label, commandOptions: session.stateOptions)
        setup.hasMouse = mouse
        setup.hidden = settings.hidden
        setup.commands = CommandTree.all
        let problems = setup.take(keys)
        let handler = ConsoleHandler(ConsoleServices.make(session, validation, able))
        let runner = Runner<Console, ConsoleHandler>(
            ConsoleModel(setup), terminal: terminal, handler: handler, clock: QuietProcess.clock(),
            executor: QuietProcess.pool)
        // A theme's faults are told on the screen that it is about.
        runner.send(.outcome(handler.theme(name)))
        let status = await runner.run(first: [.started])
        // Now that the screen is left there is a place to tell it.
        for problem in problems { session.output.note("keys.toml: \(problem)", .warning) }
        if status != 0 { throw ExitCode(status) }
    }

    private func print(_ manual: KeyManual, _ output: Output) {
        output.line(SafeText(lines: manual.text))
        for problem in manual.problems { output.note("keys.toml: \(problem)", .warning) }
    }

    private func open(_ session: Session) async throws -> any Terminal {
        let environment = session.environment
        if isAccessible || environment["SIGNALBOX_ACCESSIBLE"] == "1" {
            let locale = environment["LC_ALL"] ?? environment["LC_CTYPE"] ?? environment["LANG"] ?? ""
            let terminal = AccessibleTerminal(
                isUnicode: locale.lowercased().contains("utf"), name: environment["TERM"] ?? "none")
            terminal.listen()
            return terminal
        }
        do {
            return try await CursesTerminal.open(.init(environment: ConsoleServices.variables(environment)))
        } catch {
            throw ErrorReport(.usage, at: "console", "\(error)", remedy: "signalbox console --accessible")
        }
    }
}

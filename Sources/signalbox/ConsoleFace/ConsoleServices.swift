internal import Console
internal import ControlPlane
internal import DocumentText
internal import EdgeModel
internal import Glibc
internal import InterfaceText
internal import StoreSQLite
internal import Synchronization
internal import TerminalUI

/// What the console cannot do by itself: store, server, editor, other commands.
enum ConsoleServices {
    static func make(
        _ session: Session, _ validation: ValidationOptions, _ able: TerminalCapabilities
    ) -> ConsoleHandler.Services {
        let stores = ConsoleStores(session)
        let ledgers = ConsoleLedgers(session)
        let themeFiles = ThemeFiles(session.environment)
        let sleep: @Sendable (Duration) async -> Void = { await QuietProcess.alarm.sleep(for: $0) }
        return ConsoleHandler.Services(
            plane: { isWriting in session.plane(over: try stores.store(isWriting: isWriting)) },
            feed: { StateFeed.events(session.statePath, everyWrite: $0) { stores.commitMark() } },
            tellPublished: { ServerSocket.tellPublished(statePath: session.statePath) },
            check: { plan in
                let plane = session.plane(over: try stores.store(isWriting: false))
                return await PlanChecks.run(
                    try PlanChecks.of(plan.request, validation, session, plane: plane, pause: sleep), on: plan,
                    statePath: session.statePath)
            },
            text: { DocumentText.yaml($0) }, document: { try DocumentText.read($0) },
            editor: { name, text, line in try await edit(text, named: name, at: line, session) },
            run: { words in await run(words, session) },
            imageRun: { try ledgers.facts($0, failures: $1) },
            describe: { error in
                let report = ErrorReport(error)
                return Problem(
                    at: report.place ?? "signalbox", report.message, remedy: report.remedy, details: report.details,
                    findings: report.findings)
            },
            theme: { name in
                let (theme, troubles) = try themeFiles.theme(name)
                return (theme.resolve(able.depth, isUnicode: able.isUnicode), troubles.map(\.description))
            }, keep: { try ConsoleSettings.keep($0, session) }, now: TimeText.now, sleep: sleep)
    }

    static func variables(_ environment: ProcessEnvironment) -> [String: String] {
        var variables: [String: String] = [:]
        let names = [
            "TERM", "COLORTERM", "COLORFGBG", "NO_COLOR", "SIGNALBOX_THEME", "TMUX", "TMUX_PANE", "STY", "PATH", "LANG",
            "LC_ALL", "LC_CTYPE",
        ]
        for name in names { variables[name] = environment[name] }
        return variables
    }

    static var hostName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "this machine" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The editor has the terminal to itself while this waits.
    private static func edit(
        _ text: String, named label: String, at line: Int, _ session: Session
    ) async throws -> String {
        let folder = try TemporaryFolder("signalbox-edit")
        let path = folder.path + "/\(label.replacing("@", with: "-")).yaml"
        try TextFile.write(text, to: path)
        let environment = session.environment
        let editor = environment["VISUAL"] ?? environment["EDITOR"] ?? session.client.editor ?? "vi"
        // The variable may hold a command with options, so a shell takes it apart, as git does.
        let status = try await OwnThread.run {
            try ChildProcess.onTerminal(
                ["/bin/sh", "-c", editor + " \"$@\"", "sh"] + EditorLine.options(editor, line: line) + [path])
        }
        guard status == 0 else {
            throw ErrorReport(
                .refused, at: editor, "the editor ended with status \(status), so nothing was changed",
                remedy: "your text is kept in \(path)")
        }
        let saved = String(decoding: try TextFile.read(path), as: UTF8.self)
        folder.remove()
        return saved
    }

    /// As the console itself: on its state, in the name that it was given.
    private static func run(_ words: [String], _ session: Session) async -> CommandAnswer {
        var own = ["--state", session.statePath, "--no-color"]
        if let claimed = session.claimed { own += ["--as", claimed] }
        // What follows a terminator is no option any more.
        let end = words.firstIndex(of: "--") ?? words.count
        let command = ["/proc/self/exe"] + words[..<end] + own + words[end...]
        let child = RunningChild()
        do {
            let answer = try await withTaskCancellationHandler {
                try await OwnThread.run { try ChildProcess.captured(command, as: child) }
            } onCancel: {
                child.end()
            }
            return CommandAnswer(
                status: answer.status, output: answer.output, errors: answer.errors,
                asked: Confirmation.asked(status: answer.status, errors: answer.errors))
        } catch {
            return CommandAnswer(status: 70, output: "", errors: ErrorReport(error).message)
        }
    }
}

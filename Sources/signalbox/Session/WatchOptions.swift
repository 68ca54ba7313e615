internal import ArgumentParser
internal import EdgeModel
internal import Glibc
internal import Synchronization

/// Options of a verb whose answer can be shown anew whenever it changes.
struct WatchOptions: ParsableArguments {
    @Flag(help: "Show it anew whenever it changes, until interrupted or nobody reads any more.") var watch = false
    @Option(help: ArgumentHelp("How often to look, e.g. 2s.", valueName: "duration")) var interval = "1s"

    func validate() throws {
        guard let time = DurationText.milliseconds(interval), time >= 100 else {
            throw ValidationError("--interval takes a duration of at least 100ms.")
        }
    }

    /// Answers once, or again and again.
    /// - Parameters:
    ///   - linesForPipes: whether a pipe that watches gets lines of JSON.
    ///   - answer: says it all through the session's output; returns whether there can be anything new.
    func show(
        _ options: GlobalOptions, linesForPipes: Bool = false, _ answer: (Session) throws -> Bool
    ) async throws {
        guard watch else {
            _ = try answer(Session(options))
            return
        }
        FollowedOutput.begin()
        var watched = WatchedAnswer()
        var goesOn = true
        while goesOn {
            let said = Said()
            // A new session each time: the clock of its output must move on.
            var session = try Session(options) { said.add($0, $1) }
            if linesForPipes { session = session.withLinesForPipes(options) }
            goesOn = try answer(session)
            let isTable = session.output.format == .table
            for written in watched.change(to: said.all, on: session.screen, isSeparated: isTable) {
                Output.write(written.text, to: written.stream)
            }
            guard goesOn, FollowedOutput.isRead else { return }
            try await Task.sleep(for: .milliseconds(DurationText.milliseconds(interval) ?? 1000))
        }
    }

    private final class Said: Sendable {
        private let written = Mutex<[WatchedAnswer.Written]>([])
        var all: [WatchedAnswer.Written] { written.withLock { $0 } }
        func add(_ stream: Output.Stream, _ text: String) {
            written.withLock { $0.append(.init(stream: stream, text: text)) }
        }
    }
}

extension Session {
    /// Where an answer can be written over the one before: a terminal for people that takes notes as well.
    fileprivate var screen: WatchedAnswer.Screen? {
        guard output.format == .table, environment.isOutputTerminal, environment.isErrorTerminal,
            environment["TERM"] != "dumb", let columns = environment.columns, let rows = environment.rows
        else { return nil }
        return WatchedAnswer.Screen(columns: columns, rows: rows)
    }
}

import TestKit

/// A tmux server of its own with one window of 60 by 10.
final class Tmux: Sendable {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory("tmux") }

    deinit {
        let socket = folder.path("socket")
        let folder = folder
        // The folder outlives the server.
        Task.detached {
            _ = try? await ChildProcess.run("tmux", ["-S", socket, "kill-server"])
            _ = folder.path
        }
    }

    func path(_ name: String) -> String { folder.path(name) }
    func read(_ name: String) throws -> String { try folder.read(name) }

    @discardableResult
    func command(_ words: [String]) async throws -> String {
        let finished = try await ChildProcess.run(
            "tmux", ["-S", folder.path("socket"), "-f", "/dev/null"] + words,
            environment: ["TMUX": nil, "NO_COLOR": nil, "COLORTERM": nil, "LC_ALL": "C.UTF-8"])
        guard finished.exit.isSuccess else { throw Refused(words: words, errors: finished.errors) }
        return finished.output
    }

    func run(_ line: String) async throws -> Pane {
        try await command(["new-session", "-d", "-x", "60", "-y", "10", line])
        return Pane(tmux: self)
    }

    struct Refused: Error {
        let words: [String]
        let errors: String
    }

    struct Pane {
        let tmux: Tmux

        func keys(_ keys: String...) async throws { try await tmux.command(["send-keys"] + keys) }

        /// The screen with its colours and attributes, as far as they are seen.
        func looks() async throws -> PaintedGrid {
            let text = try await tmux.command(["capture-pane", "-p", "-e"]).split(
                separator: "\n", omittingEmptySubsequences: false
            ).dropLast().joined(separator: "\r\n")
            var grid = PaintedGrid(rows: 10, columns: 60)
            grid.take(Array(text.utf8))
            return grid
        }

        func screen() async throws -> [String] {
            try await tmux.command(["capture-pane", "-p"]).split(separator: "\n", omittingEmptySubsequences: false)
                .dropLast().map(String.init)
        }
    }
}

/// A program in a terminal of tmux: keys go in, the screen is read as a person sees it. A server of its own on a socket
/// in the test's folder, so that nothing of the user's tmux is touched.
package struct TmuxScreen: Sendable {
    private let socket: String
    private let directory: String

    /// Starts the command (for a shell) on a terminal of this size.
    package static func start(
        _ command: String, columns: Int, rows: Int, environment: [String: String?], in folder: TemporaryDirectory
    ) async throws -> TmuxScreen {
        let screen = TmuxScreen(socket: folder.path("tmux.sock"), directory: folder.path)
        try await screen.tmux(
            ["-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", command],
            environment: environment)
        // The last screen of a program that ended is to be seen, too.
        try await screen.tmux(["set-option", "-g", "remain-on-exit", "on"])
        try await screen.tmux(["set-option", "-s", "escape-time", "10"])
        return screen
    }

    /// Keys by tmux's names: `b`, `Enter`, `Escape`, `C-c`.
    package func press(_ keys: String...) async throws { try await tmux(["send-keys"] + keys) }

    /// Presses a key until the screen shows what comes of it: a dialog that has just opened hears none for a moment.
    ///
    /// The key is given time before it is pressed again, so that a slow machine does not press it twice.
    package func press(_ key: String, until isDone: @Sendable (String) -> Bool) async throws {
        for _ in 0..<10 {
            try await press(key)
            let wait: Duration = .seconds(6)
            let seen: Void? = try? await eventually(within: wait, every: .milliseconds(30), "what \(key) does") {
                isDone(try await text())
            }
            if seen != nil { return }
        }
        throw NotShown(wanted: ["what \(key) does"], screen: (try? await text()) ?? "no screen")
    }

    package func type(_ text: String) async throws { try await tmux(["send-keys", "-l", text]) }

    package func resize(columns: Int, rows: Int) async throws {
        try await tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
    }

    package func text() async throws -> String { try await tmux(["capture-pane", "-p"]) }

    /// Waits until the screen shows something, and gives the screen.
    @discardableResult
    package func shows(_ wanted: String..., within limit: Duration = .seconds(60)) async throws -> String {
        do {
            return try await eventually(within: limit, every: .milliseconds(30), "the screen shows \(wanted)") {
                let text = try await text()
                return wanted.allSatisfy { text.contains($0) } ? text : nil
            }
        } catch {
            throw NotShown(wanted: wanted, screen: (try? await text()) ?? "no screen")
        }
    }

    package func stop() async { _ = try? await tmux(["kill-server"]) }

    @discardableResult
    private func tmux(_ words: [String], environment: [String: String?] = [:]) async throws -> String {
        let finished = try await ChildProcess.run(
            "/usr/bin/env", ["tmux", "-u", "-S", socket] + words, environment: environment, directory: directory,
            within: .seconds(60))
        guard case .exited(0) = finished.exit else { throw Failed(words: words, errors: finished.errors) }
        return finished.output
    }

    package struct Failed: Error, CustomStringConvertible {
        let words: [String]
        let errors: String
        package var description: String { "tmux \(words.joined(separator: " ")): \(errors)" }
    }

    package struct NotShown: Error, CustomStringConvertible {
        let wanted: [String]
        let screen: String
        package var description: String { "the screen does not show \(wanted):\n\(screen)" }
    }
}

import TestKit

/// The probe on a pseudo terminal, and the file in which it tells what happened.
struct ProbeRun {
    let terminal: PseudoTerminal
    private let folder: TemporaryDirectory

    /// Starts it and waits for its first frame.
    init(
        term: String? = "xterm-256color", environment: [String: String?] = [:], rows: Int = 24, columns: Int = 80,
        waits: Bool = true
    ) async throws {
        folder = try TemporaryDirectory("terminal")
        // A crash must end, not ask what to do; and finding lines in a debug build takes long.
        var merged: [String: String?] = [
            "TERM": term, "SWIFT_BACKTRACE": "enable=yes,interactive=no,color=no,symbolicate=fast",
        ]
        merged.merge(environment) { $1 }
        terminal = try PseudoTerminal(
            Checkout.program("TerminalProbe"), [folder.path("log")], environment: merged, rows: rows, columns: columns)
        if waits {
            try await logs("shown 0")
            try await allArrives()
        }
    }

    /// Starts it from the command line of a real shell with job control.
    init(shell line: (_ probe: String, _ log: String) -> String) async throws {
        folder = try TemporaryDirectory("terminal")
        terminal = try PseudoTerminal(
            "bash", ["--norc", "--noprofile", "-i"],
            environment: ["TERM": "xterm-256color", "PS1": "prompt> ", "HISTFILE": "/dev/null", "PROMPT_COMMAND": ""])
        try await terminal.shows("prompt> ")
        terminal.type(try line(Checkout.program("TerminalProbe"), folder.path("log")) + "\n")
        try await logs("shown 0")
    }

    var log: [String] { ((try? folder.read("log")) ?? "").split(separator: "\n").map(String.init) }

    func logs(_ line: String, count: Int = 1, within limit: Duration = .seconds(30)) async throws {
        try await eventually(within: limit, "\(line.debugDescription) ×\(count) in \(log.suffix(12))") {
            log.count { $0.hasPrefix(line) } >= count
        }
    }

    /// What is sent to the terminal by `action`, which ends with a line of the log.
    func output(until line: String, count: Int = 1, _ action: () -> Void) async throws -> String {
        try await allArrives()
        let before = terminal.output.count
        action()
        try await logs(line, count: count)
        try await allArrives()
        let sent = try await eventually("output") {
            let bytes = terminal.output.dropFirst(before)
            return bytes.isEmpty ? nil : bytes
        }
        return String(decoding: sent, as: UTF8.self)
    }

    /// Waits until everything has been read of which the log says that it was sent.
    func allArrives() async throws {
        let told = log.filter { $0.hasPrefix("shown") }.compactMap { line in
            line.split(separator: " ").dropFirst(3).first.flatMap { Int($0) }
        }.reduce(0, +)
        try await eventually("\(told) bytes") { terminal.output.count >= told + Self.opening }
    }

    /// Bytes before the first frame: the wish to hear of the focus.
    private static let opening = "\u{1B}[?1004h".utf8.count
}

extension String {
    /// How often a part occurs.
    func occurrences(of part: String) -> Int {
        var count = 0
        var rest = self[...]
        while let found = rest.firstRange(of: part) {
            count += 1
            rest = rest[found.upperBound...]
        }
        return count
    }
}

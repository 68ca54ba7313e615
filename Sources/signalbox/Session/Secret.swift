internal import ControlPlane

/// Secrets come from files, the environment and other programs, never from arguments, which everybody on a machine can
/// read.
enum Secret {
    /// The first line of a file.
    static func firstLine(of path: String) throws -> String {
        let line = try TextFile.read(path).prefix { $0 != 0x0A && $0 != 0x0D }
        guard !line.isEmpty, let text = String(validating: line, as: UTF8.self) else {
            throw ErrorReport(.invalid, at: path, "its first line holds no token", remedy: "signalbox node token NAME")
        }
        return text
    }

    /// How long a program may take to tell a secret, in milliseconds.
    private static let patience = 30_000

    /// What a reference stands for: `env:NAME`, `file:PATH` or `command:WORDS`, of which the first line counts.
    ///
    /// - Parameter option: the option that holds the reference, for the words of a failure; these never repeat a text
    ///   that may be the secret itself.
    static func resolve(_ reference: String, option: String, _ environment: ProcessEnvironment) throws -> String {
        let parts = reference.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 2, !parts[1].isEmpty, ["env", "file", "command"].contains(parts[0]) else {
            throw ErrorReport(
                .usage, at: option, "\(option) takes the place of a secret, not the secret",
                remedy:
                    "write env:NAME, file:PATH or command:WORDS; a secret that was given here is in your history now")
        }
        let text: String
        switch parts[0] {
        case "env":
            guard let value = environment[parts[1]], !value.isEmpty else {
                throw ErrorReport(
                    .notFound, at: "\(option) \(reference)", "the environment has no variable of that name",
                    remedy: "export \(ShellWord.quoted(parts[1]))")
            }
            text = value
        case "file":
            let line = try TextFile.read(parts[1]).prefix { $0 != 0x0A && $0 != 0x0D }
            text = String(validating: line, as: UTF8.self) ?? ""
        default:
            guard let output = try ChildProcess.output(["sh", "-c", parts[1]], within: patience) else {
                throw ErrorReport(
                    .timedOut, at: option, "the command did not end within \(patience / 1000) s",
                    remedy: "try it by hand")
            }
            text = String(output.prefix { !$0.isNewline })
        }
        // A token in a header of HTTP: visible ASCII without blanks.
        guard !text.isEmpty, text.utf8.count <= 4096, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ErrorReport(
                .invalid, at: "\(option) \(parts[0] == "command" ? "command:" : reference)",
                "its first line is no token",
                remedy: "it is one word of visible characters")
        }
        return text
    }
}

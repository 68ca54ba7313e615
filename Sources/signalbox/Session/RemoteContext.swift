internal import ControlPlane
internal import EdgeModel

/// A Signalbox on another machine that is reached with ssh(1): `--context NAME` runs the verb there.
struct RemoteContext: Hashable, Sendable {
    /// What ssh calls the machine: `ops@fra.example`, or a name of its own configuration.
    var host: String
    /// The program there: a path, or a name that is looked up in the PATH there.
    var program = "signalbox"
    /// The state there; nil: the one that the program there takes for its own.
    var state: String?

    static let keys = ["host", "program", "state"]

    /// Why ssh could not take a text for a host, or would take it for something else; nil when it is fine.
    static func problem(withHost text: String) -> String? {
        if text.isEmpty || text.utf8.count > 255 { return "a host has 1 to 255 characters" }
        if text.hasPrefix("-") { return "ssh would take it for an option" }
        if text.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) { return "it holds blanks or invisible characters" }
        return nil
    }

    /// Words of a command for ssh. The far shell gets every argument between quotes, so that it is the same one there.
    ///
    /// sshd hands the text after the host to the user's shell with `-c` (sshd(8), LOGIN PROCESS); ssh joins words with
    /// blanks and quotes nothing (ssh(1)). So they are joined here, each in single quotes, inside which a POSIX shell
    /// takes everything for itself but the quote.
    /// - Parameter here: whether this is a terminal, and what its user wants to see.
    func command(_ arguments: [String], named name: String, _ here: ProcessEnvironment) -> [String] {
        let isTerminal = here.isInputTerminal && here.isOutputTerminal
        var variables = ["SIGNALBOX_CONTEXT=\(name)"]
        if let state { variables.append("SIGNALBOX_STATE=\(state)") }
        for name in Self.looks + (isTerminal ? Self.looksOfTerminal : []) {
            if let value = here[name] { variables.append("\(name)=\(value)") }
        }
        let words = ["sh", "-c", Self.script, "signalbox", "env"] + variables + [program] + arguments
        return ["ssh", isTerminal ? "-t" : "-T"] + Self.patience
            + ["--", host, words.map(ShellWord.inQuotes).joined(separator: " ")]
    }

    /// Variables that say how people want to see things; ssh itself takes none along but `TERM`.
    private static let looks = ["NO_COLOR"]
    private static let looksOfTerminal = ["COLORTERM", "COLORFGBG", "SIGNALBOX_ACCESSIBLE"]

    /// A shell that stays while the program runs: it tells 128 and the signal when one ended that, which sshd would tell
    /// ssh in a way that ends it with 255 as every failure of its own does. Keys that interrupt are the program's to answer;
    /// what a trap of a shell's names is as ever for what it starts (POSIX, Signals and Error Handling).
    private static let script = "trap : INT QUIT; \"$@\"; exit \"$?\""

    /// Seconds until a machine that does not answer, or no longer does, is given up; TCP alone takes minutes, or for ever.
    private static let patience = ["-o", "ConnectTimeout=15", "-o", "ServerAliveInterval=15"]
}

extension RemoteContext {
    /// The context that the arguments name and what is left of them; nil when they name none.
    ///
    /// They are not parsed here: the verb may be one that only the program there knows. No option takes a value that
    /// begins with a dash, so `--context` before a bare `--` can be nothing else.
    /// - Throws: `usage` when the name is missing or there are two.
    static func take(from arguments: [String]) throws -> (name: String, arguments: [String])? {
        // The shell asks for completions with the line as it stands.
        if arguments.first?.hasPrefix("---") == true { return nil }
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        var names: [String] = []
        var rest: [String] = []
        var index = arguments.startIndex
        while index < end {
            let word = arguments[index]
            if word == "--context" {
                guard index + 1 < end, !arguments[index + 1].hasPrefix("-") else {
                    throw ErrorReport(
                        .usage, at: "--context", "--context takes the name of a context",
                        remedy: "signalbox config show")
                }
                index += 1
                names.append(arguments[index])
            } else if word.hasPrefix("--context=") {
                names.append(String(word.dropFirst("--context=".count)))
            } else {
                rest.append(word)
            }
            index += 1
        }
        guard let name = names.first else { return nil }
        guard names.count == 1 else {
            throw ErrorReport(
                .usage, at: "--context \(names[1])", "a verb runs on one machine", remedy: "signalbox config show")
        }
        return (name, rest + arguments[end...])
    }

    /// Runs the arguments in the context of that name and gives the status that they ended with there.
    /// - Throws: `notFound` when there is no such context, `unavailable` when ssh or the program there cannot be had.
    static func run(_ arguments: [String], named name: String, _ environment: ProcessEnvironment) throws -> Int32 {
        guard let context = try ClientConfiguration.load(environment).contexts[name] else {
            throw ErrorReport(
                .notFound, at: "context '\(name)'", "there is no context of that name",
                remedy: "signalbox config set \(ShellWord.quoted("context.\(name).host")) USER@HOST")
        }
        switch try ChildProcess.onTerminal(context.command(arguments, named: name, environment)) {
        case 255:
            // No verb ends with it; ssh does for every failure of its own (ssh(1), EXIT STATUS), and has said which.
            throw ErrorReport(
                .unavailable, at: "context \(name)",
                "ssh did not get to \(context.host), or lost it before the program there had ended",
                remedy: "try ssh \(ShellWord.quoted(context.host)) true; what was done there until then: "
                    + "signalbox audit list --last 5 --context \(name)")
        case 126, 127:
            throw ErrorReport(
                .unavailable, at: "context \(name)", "there is no program \(context.program) on \(context.host)",
                remedy: "signalbox config set context.\(name).program /usr/local/bin/signalbox")
        case let status: return status
        }
    }
}

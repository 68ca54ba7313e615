/// Why there can be no full screen. The caller says it and ends with 64, or goes on in the accessible mode.
package enum TerminalOpenFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// Input or output is a pipe or a file: "standard input", "standard output".
    case notATerminal(String)
    /// `TERM` is not set.
    case unnamed
    /// A terminal that cannot place its cursor.
    case dumb(String)
    /// terminfo has no entry of this name.
    case unknown(String)
    /// Only one can be open in a process.
    case alreadyOpen
    /// A call of the system failed; its name and its error number.
    case system(String, Int32)

    package var description: String {
        switch self {
        case .notATerminal(let stream):
            "\(stream) is not a terminal; run this in one, or use the subcommands"
        case .unnamed:
            "TERM is not set; set it to what your terminal is, for example TERM=xterm-256color"
        case .dumb(let name):
            "the terminal \"\(name)\" (TERM) cannot place its cursor; use --accessible, or set TERM to what it really is"
        case .unknown(let name):
            "nothing is known about the terminal \"\(name)\" (TERM); install its terminfo entry (Debian: ncurses-term) "
                + "or set TERM, for example to xterm-256color"
        case .alreadyOpen: "the terminal is already open"
        case .system(let call, let code): "the terminal cannot be opened: \(call) failed with error \(code)"
        }
    }
}

import CursesTerminal
import Glibc
import TerminalUI

/// A program on a real terminal that tests talk to through a pseudo terminal: a key is a command, and what happened is
/// written line by line into the file that is its argument.
@main
struct TerminalProbe {
    static func main() async {
        guard CommandLine.arguments.count == 2, let log = ProbeLog(CommandLine.arguments[1]) else {
            complain("usage: TerminalProbe LOG")
            exit(64)
        }
        do throws(TerminalOpenFailure) {
            if getenv("PROBE_TWICE") != nil {
                let first = try await CursesTerminal.open(CursesTerminal.Options(environment: Self.environment()))
                do throws(TerminalOpenFailure) {
                    _ = try await CursesTerminal.open(CursesTerminal.Options(environment: Self.environment()))
                } catch {
                    log.write("second: \(error)")
                }
                await first.close()
                log.write("first closed")
            }
            let terminal = try await CursesTerminal.open(CursesTerminal.Options(environment: Self.environment()))
            var probe = Probe(terminal: terminal, log: log)
            exit(await probe.run())
        } catch {
            complain("probe: \(error)")
            exit(64)
        }
    }

    private static func environment() -> [String: String] {
        var result: [String: String] = [:]
        for name in ["TERM", "COLORTERM", "NO_COLOR", "TMUX", "STY", "LC_ALL", "LANG"] {
            if let value = getenv(name) { result[name] = String(cString: value) }
        }
        return result
    }
}

/// A line on standard error.
func complain(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
}

/// Lines in a file, each written at once.
struct ProbeLog: Sendable {
    private let descriptor: Int32

    init?(_ path: String) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        if descriptor < 0 { return nil }
    }

    func write(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = Glibc.write(descriptor, bytes, bytes.count)
    }
}

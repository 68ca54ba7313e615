import FoundationEssentials
package import Glibc

/// A program run by a test: output captured while it runs, every wait has a deadline, never left behind.
///
/// It is sent SIGTERM, and SIGKILL two seconds later, when the value goes away; SIGKILL when the test process exits.
/// It is always reaped, so that no zombie stays and its id is never signalled after another process got it.
package final class ChildProcess: Sendable {
    package enum Exit: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)

        package var isSuccess: Bool { self == .exited(0) }
    }

    package enum Input: Sendable {
        /// `/dev/null`.
        case none
        case bytes([UInt8])
        /// Open until ``ChildProcess/closeInput()``.
        case pipe
    }

    package struct Finished: Sendable {
        package let exit: Exit
        package let output: String
        package let errors: String
    }

    package let name: String
    package let arguments: [String]
    let core: ChildCore

    package var pid: pid_t { core.pid }

    /// Starts a program. A name without a slash is looked up in `PATH`; `environment` is laid over this process's own,
    /// nil removes a variable. Throws ``LaunchFailure``.
    package init(
        _ program: String, _ arguments: [String] = [], environment: [String: String?] = [:], directory: String? = nil,
        input: Input = .none
    ) throws {
        name = program.split(separator: "/").last.map(String.init) ?? program
        self.arguments = arguments
        var merged = ProcessInfo.processInfo.environment
        for (key, value) in environment { merged[key] = value }
        core = try ChildCore.launch(
            program, arguments, environment: merged.map { "\($0)=\($1)" }, directory: directory, input: input)
    }

    deinit {
        core.end(grace: .seconds(2))
    }

    /// Runs a program to its end. Throws ``LaunchFailure`` or ``TimedOut``; a failing exit is not an error here.
    package static func run(
        _ program: String, _ arguments: [String] = [], environment: [String: String?] = [:], directory: String? = nil,
        input: [UInt8] = [], within limit: Duration = .seconds(30)
    ) async throws -> Finished {
        let child = try ChildProcess(
            program, arguments, environment: environment, directory: directory,
            input: input.isEmpty ? .none : .bytes(input))
        let exit = try await child.wait(within: limit)
        return Finished(exit: exit, output: child.output, errors: child.errors)
    }

    /// All of standard output so far.
    package var output: String { String(decoding: core.output, as: UTF8.self) }
    package var outputBytes: [UInt8] { core.output }
    /// All of standard error so far.
    package var errors: String { String(decoding: core.errors, as: UTF8.self) }
    /// How it ended; nil while it runs.
    package var exit: Exit? { core.exit }
    package var isRunning: Bool { core.exit == nil }

    /// Waits for the end and for the rest of the output. Throws ``TimedOut`` and leaves the program running.
    @discardableResult
    package func wait(within limit: Duration = .seconds(30)) async throws -> Exit {
        do {
            return try await eventually(within: limit, every: .milliseconds(2), "the end of \(name)") {
                core.settledExit
            }
        } catch is NeverHappened {
            throw TimedOut(name: name, arguments: arguments, limit: limit, output: output, errors: errors)
        }
    }

    /// Sends a signal unless the program has ended.
    package func signal(_ number: Int32) {
        core.signal(number)
    }

    /// Asks with SIGTERM, insists with SIGKILL after `grace`, and waits for the end.
    @discardableResult
    package func terminate(grace: Duration = .seconds(5)) async -> Exit {
        let core = core
        return (try? await Blocking.run { core.end(grace: grace) }) ?? core.end(grace: grace)
    }

    /// Writes to an open standard input; a program that no longer reads is not an error.
    package func write(_ text: String) async {
        let core = core
        _ = try? await Blocking.run { core.write(Array(text.utf8)) }
    }

    package func closeInput() {
        core.closeInput()
    }

    /// Resident memory in kilobytes; nil when the program has ended.
    package var residentKilobytes: Int? {
        guard isRunning, let text = try? String(contentsOf: URL(filePath: "/proc/\(pid)/status"), encoding: .utf8)
        else {
            return nil
        }
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
    }

    package struct LaunchFailure: Error, CustomStringConvertible {
        package let program: String
        package let code: Int32
        package var description: String { "cannot start \(program): \(String(cString: strerror(code)))" }
    }

    package struct TimedOut: Error, CustomStringConvertible {
        package let name: String
        package let arguments: [String]
        package let limit: Duration
        package let output: String
        package let errors: String

        package var description: String {
            """
            \(name) \(arguments.joined(separator: " ")) did not end within \(limit)
            standard output ends: \(output.suffix(1_000))
            standard error ends: \(errors.suffix(1_000))
            """
        }
    }
}

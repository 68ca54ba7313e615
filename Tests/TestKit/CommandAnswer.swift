/// What one run of a command came to.
package struct CommandAnswer: Sendable, CustomStringConvertible {
    package let arguments: [String]
    /// nil when a signal ended it.
    package let status: Int32?
    package let output: String
    package let errors: String

    package init(arguments: [String], _ finished: ChildProcess.Finished) {
        self.arguments = arguments
        status = if case .exited(let code) = finished.exit { code } else { nil }
        output = finished.output
        errors = finished.errors
    }

    /// Standard output as JSON; `null` when it is none.
    package var json: JSONTree { (try? JSONTree(parsing: output)) ?? .null }

    /// Standard error as JSON; with `--output json --quiet` it holds the error and nothing else.
    package var errorJSON: JSONTree { (try? JSONTree(parsing: errors)) ?? .null }

    package var description: String {
        """
        signalbox \(arguments.joined(separator: " ")): exit \(status.map { "\($0)" } ?? "by signal")
        \(output.suffix(2_000))\(errors.suffix(3_000))
        """
    }

    /// A command that was to succeed and did not.
    package struct Failed: Error, CustomStringConvertible {
        package let answer: CommandAnswer
        package init(answer: CommandAnswer) { self.answer = answer }
        package var description: String { "\(answer)" }
    }
}

internal import ControlPlane
internal import EdgeModel
internal import Glibc

/// Asks before something is done that cannot be taken for granted. Nothing is ever asked of a pipe.
struct Confirmation {
    let session: Session

    /// Returns when the answer is yes.
    /// - Throws: `notConfirmed`, with the command to repeat, when there is nobody to ask or the answer is no.
    func ask(_ question: SafeText) throws {
        if session.assumesYes { return }
        guard session.environment.isInputTerminal, session.environment.isErrorTerminal else {
            throw ErrorReport(
                .notConfirmed, at: "confirmation",
                "'\(question)' \(SafeText(Self.unanswered))",
                remedy: repetition)
        }
        session.output.ask("\(question) [y/N] ")
        guard let answer = readLine(strippingNewline: true), ["y", "yes"].contains(answer.lowercased()) else {
            throw ErrorReport(
                .notConfirmed, at: "confirmation", "not confirmed, so nothing was done", remedy: repetition)
        }
    }

    private static let unanswered = "needs a yes, and nobody can be asked here; nothing was done"

    /// What a command printed before it asked in vain, for whoever can ask in its place; nil: it did not ask.
    static func asked(status: Int32, errors: String) -> String? {
        let lines = errors.split(separator: "\n", omittingEmptySubsequences: false)
        guard status == Failure.notConfirmed.status,
            let end = lines.lastIndex(where: { $0.hasPrefix("error: '") && $0.hasSuffix(unanswered) })
        else { return nil }
        return lines[..<end].map { $0 + "\n" }.joined()
    }

    /// The same command with `--yes`.
    private var repetition: String {
        let context = session.environment.context.map { ["--context", $0.rawValue] } ?? []
        return Self.repetition(of: session.environment.arguments, adding: ["--yes"] + context)
    }

    static func repetition(of arguments: [String], adding words: [String] = ["--yes"]) -> String {
        let rest = arguments.dropFirst()
        // Options end at a bare `--`, so a new one goes before it.
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        let all = ["signalbox"] + rest[..<end] + words + rest[end...]
        return all.map(ShellWord.quoted).joined(separator: " ")
    }
}

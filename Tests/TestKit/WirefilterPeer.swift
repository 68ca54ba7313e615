import FoundationEssentials
import Glibc

/// Cloudflare's own parser in a Python process: the package `octorules-wirefilter` (Apache-2.0), installed by
/// `make tools`.
package enum WirefilterPeer {
    /// What it says about one expression.
    package struct Answer: Decodable, Sendable {
        package let ok: Bool
        /// Its text, with the place and carets.
        package let error: String?
        package let fields: [String]?
        package let functions: [String]?
        package let operators: [String]?
    }

    package struct Timing: Decodable, Sendable {
        package let expressions: Int
        package let seconds: Double
    }

    /// Why there is nothing to compare with, for a test that is skipped.
    package static let missing: String =
        "octorules-wirefilter is not installed, and make tools could not install it (see .tools/tools.log): "
        + "SIGNALBOX_WIREFILTER is the Python that has it"

    /// `SIGNALBOX_WIREFILTER`, else the Python that `make tools` put below `.tools`; nil when neither is there.
    package static func python() -> String? {
        let given = ProcessInfo.processInfo.environment["SIGNALBOX_WIREFILTER"]
        let path = given ?? Checkout.root + "/.tools/wirefilter/bin/python"
        return access(path, X_OK) == 0 ? path : nil
    }

    /// Asks about all expressions in one process; the answers are in the same order.
    package static func answers(_ expressions: [String]) async throws -> [Answer] {
        let output = try await run([], expressions)
        return try output.split(separator: "\n").map { try JSONDecoder().decode(Answer.self, from: Data($0.utf8)) }
    }

    /// Parses all expressions over and over for some seconds.
    package static func timing(_ expressions: [String]) async throws -> Timing {
        try JSONDecoder().decode(Timing.self, from: Data(try await run(["--time"], expressions).utf8))
    }

    private static func run(_ options: [String], _ expressions: [String]) async throws -> String {
        guard let python = python() else { throw Failed(reason: missing) }
        let encoder = JSONEncoder()
        var input: [UInt8] = []
        for expression in expressions { input += try encoder.encode([expression]).dropFirst().dropLast() + [10] }
        let program = Checkout.root + "/Tests/TestKit/wirefilter_peer.py"
        let finished = try await ChildProcess.run(python, [program] + options, input: input, within: .seconds(120))
        guard finished.exit.isSuccess else { throw Failed(reason: "\(finished.exit): \(finished.errors)") }
        return finished.output
    }

    package struct Failed: Error, CustomStringConvertible {
        let reason: String
        package var description: String { "the peer's parser gave no answer: \(reason)" }
    }
}

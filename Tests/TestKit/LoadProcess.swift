import FoundationEssentials

/// An `edgelab load` in the background: traffic that goes on until ``finish()`` and then tells what became of it.
package final class LoadProcess: Sendable {
    package struct Result: Sendable, Decodable {
        package struct Failures: Sendable, Decodable {
            package let total: Int
            package let kinds: [String: Int]
        }
        package struct Note: Sendable, Decodable {
            package let second: Double
            package let target: String
            package let path: String
            package let kind: String
            package let reason: String
        }
        package struct Unexpected: Sendable, Decodable {
            package let statuses, values: Int
        }
        package struct Connections: Sendable, Decodable {
            package let opened: Int
        }
        package struct Latency: Sendable, Decodable {
            package let p50, p95, p99, max: Double
        }

        package let seconds: Double
        package let requests: Int
        package let statuses: [String: Int]
        /// Answers by the value of the tallied header; `(none)` where it was missing.
        package let tally: [String: Int]
        package let failures: Failures
        /// Complete answers with another status than their path names, or another value of the tallied header than
        /// ``LoadProcess/expect(_:)`` said.
        package let unexpected: Unexpected
        package let latencyMicroseconds: Latency
        package let connections: Connections
        package let requestsPerSecond: Double?
        package let firstFailures: [Note]?

        /// Answers with a 5xx status.
        package var serverErrors: Int { statuses.reduce(0) { $0 + ($1.key.hasPrefix("5") ? $1.value : 0) } }
        /// Requests without a complete answer and those answered with 5xx.
        package var failed: Int { failures.total + serverErrors }
    }

    package let child: ChildProcess

    private init(child: ChildProcess) { self.child = child }

    /// Starts it and returns when the first requests were answered.
    ///
    /// `paths` are `/path`, `METHOD /path` or `//host/path`, taken in turn; `rate` is requests a second over all
    /// connections, nil as fast as answers come; `newConnections` a second more each over a connection of its own. It
    /// ends by itself after `lasting` seconds.
    package static func start(
        targets: [HostPort], host: String, paths: [String], headers: [String] = [], connections: Int = 8,
        rate: Int? = 400, newConnections: Int = 0, tally: String? = nil, lasting: Int = 600,
        within limit: Duration = .seconds(20)
    ) async throws -> LoadProcess {
        var arguments = [
            "load", "--until-stdin-closes", "--progress", "--host", host, "--connections", "\(connections)",
        ]
        arguments += targets.flatMap { ["--target", "\($0)"] } + paths.flatMap { ["--path", $0] }
        arguments += headers.flatMap { ["--header", $0] } + ["--rate", rate.map { "\($0)" } ?? "max"]
        arguments += ["--new-connections", "\(newConnections)", "--duration", "\(lasting)s"]
        if let tally { arguments += ["--tally", tally] }
        let load = LoadProcess(child: try ChildProcess(Checkout.program("edgelab"), arguments, input: .pipe))
        try await eventually(within: limit, "the first second of load") { load.child.outputBytes.contains(10) }
        return load
    }

    /// Says what the tallied header has to be in answers to requests sent from now on, nil for anything; returns when
    /// the load goes by it.
    package func expect(_ value: String?) async throws {
        let seen = confirmations
        await child.write(value.map { "expect \($0)\n" } ?? "expect\n")
        try await eventually("the load's confirmation") { self.confirmations > seen }
    }

    /// Requests in the seconds that it has told of so far.
    package var requests: Int {
        struct Second: Decodable { let requests: Int }
        return child.outputBytes.split(separator: 10).reduce(0) { sum, line in
            sum + ((try? JSONDecoder().decode(Second.self, from: Data(line)))?.requests ?? 0)
        }
    }

    private var confirmations: Int {
        child.outputBytes.split(separator: 10).count { $0.starts(with: Array("{\"kind\":\"expecting\"".utf8)) }
    }

    /// Ends the load after the answers that are due. Throws when it did not end or said nothing that can be read.
    package func finish() async throws -> Result {
        child.closeInput()
        try await child.wait(within: .seconds(20))
        guard let last = child.outputBytes.split(separator: 10).last else { throw NoResult(errors: child.errors) }
        return try JSONDecoder().decode(Result.self, from: Data(last))
    }

    package struct NoResult: Error, CustomStringConvertible {
        package let errors: String
        package var description: String { "edgelab load printed no result: \(errors)" }
    }
}

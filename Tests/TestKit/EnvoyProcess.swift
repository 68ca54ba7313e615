import FoundationEssentials
import Glibc

/// A real Envoy with a bootstrap of the test's own, ready when this value exists and gone when it goes away.
package final class EnvoyProcess: Sendable {
    package let admin: HostPort
    package let directory: TemporaryDirectory
    package let child: ChildProcess

    private init(admin: HostPort, directory: TemporaryDirectory, child: ChildProcess) {
        self.admin = admin
        self.directory = directory
        self.child = child
    }

    /// Starts Envoy and waits until its admin address says that it is ready.
    ///
    /// `bootstrap` is JSON or YAML and must put the admin interface on `admin`. `modules` is the folder in which Envoy
    /// looks for dynamic modules. `under` is a program with arguments that runs Envoy, valgrind for example. Hot restart is off: its shared memory would make parallel tests meet. Throws
    /// ``EnvoyBinary/Missing``, or ``NotReady`` with the end of the log.
    package static func start(
        bootstrap: String, admin: HostPort, modules: String? = nil, concurrency: Int = 1, logLevel: String = "info",
        arguments: [String] = [], environment: [String: String?] = [:], under: [String] = [],
        within limit: Duration = .seconds(20)
    ) async throws -> EnvoyProcess {
        let command = under + [try EnvoyBinary.require()]
        let directory = try TemporaryDirectory("envoy")
        let file = try directory.write(bootstrap, to: fileName(for: bootstrap))
        let fixed = [
            "--config-path", file, "--disable-hot-restart", "--concurrency", "\(concurrency)", "--log-level", logLevel,
        ]
        let child = try ChildProcess(
            command[0], command.dropFirst() + fixed + arguments,
            environment: variables(modules: modules, over: environment))
        let envoy = EnvoyProcess(admin: admin, directory: directory, child: child)
        do {
            try await eventually(within: limit, "Envoy's readiness") {
                if !child.isRunning { return true }
                return try await envoy.ask("GET", "/ready").status == 200
            }
        } catch {
            throw NotReady(reason: "\(error)", log: envoy.log)
        }
        guard child.isRunning else {
            throw NotReady(reason: "it ended: \(child.exit as Any)", log: envoy.log)
        }
        return envoy
    }

    /// `envoy --mode validate` on a configuration.
    package static func validate(
        _ bootstrap: String, modules: String? = nil, within limit: Duration = .seconds(20)
    ) async throws -> ChildProcess.Finished {
        let directory = try TemporaryDirectory("envoy")
        let file = try directory.write(bootstrap, to: fileName(for: bootstrap))
        return try await ChildProcess.run(
            EnvoyBinary.require(), ["--mode", "validate", "--config-path", file],
            environment: variables(modules: modules, over: [:]), within: limit)
    }

    /// The log so far. Taken from standard error: Envoy buffers a log file for seconds.
    package var log: String { child.errors }

    package func signal(_ number: Int32) { child.signal(number) }

    package var residentKilobytes: Int? { child.residentKilobytes }

    @discardableResult
    package func stop(grace: Duration = .seconds(5)) async -> ChildProcess.Exit {
        await child.terminate(grace: grace)
    }

    /// One request to the admin interface.
    package func ask(_ method: String = "GET", _ path: String) async throws -> RawHTTPResponse {
        try await RawHTTP.request(method, path, at: admin, headers: [("Connection", "close")])
    }

    /// Counters and gauges whose names match the regular expression, by name; histograms are left out.
    package func stats(_ filter: String) async throws -> [String: Int] {
        let text = try await ask("GET", "/stats?filter=" + Self.percentEncoded(filter)).text
        var found: [String: Int] = [:]
        for line in text.split(separator: "\n") {
            guard let colon = line.lastIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            if let number = Int(value) { found[String(line[..<colon])] = number }
        }
        return found
    }

    package struct NotReady: Error, CustomStringConvertible {
        package let reason: String
        package let log: String
        package var description: String { "Envoy is not ready: \(reason); its log ends:\n\(log.suffix(4_000))" }
    }

    /// Envoy takes the format from the extension.
    private static func fileName(for bootstrap: String) -> String {
        bootstrap.first { !$0.isWhitespace } == "{" ? "bootstrap.json" : "bootstrap.yaml"
    }

    private static func variables(modules: String?, over environment: [String: String?]) -> [String: String?] {
        guard let modules else { return environment }
        return environment.merging(["ENVOY_DYNAMIC_MODULES_SEARCH_PATH": modules]) { given, _ in given }
    }

    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            return isPlain ? String(Unicode.Scalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}

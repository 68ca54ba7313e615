import FoundationEssentials
package import Glibc
import Synchronization

extension EdgeScenario {
    // MARK: serve

    /// Starts `serve` and returns when it answers.
    /// - Parameter address: where it listens; nil: where the nodes ask.
    package func startServe(
        _ arguments: [String] = [], at address: HostPort? = nil, environment: [String: String?] = [:]
    ) async throws {
        let address = address ?? server
        try await start(
            Self.serve, ["serve", "--listen", "\(address)"] + arguments, environment: environment,
            until: "the server's answer"
        ) {
            try await RawHTTP.request("GET", "/healthz", at: address, headers: [("Connection", "close")]).status > 0
        }
    }

    package func stopServe() async { await stop(Self.serve) }

    /// Ends it as a crash would: nothing is finished, nothing is put away.
    package func killServe() async throws {
        guard let child = processes.withLock({ $0.removeValue(forKey: Self.serve) }) else { return }
        child.signal(SIGKILL)
        try await child.wait()
    }

    /// Stops `serve` where it stands until it is sent `SIGCONT`.
    package func signalServe(_ number: Int32) {
        processes.withLock { $0[Self.serve] }?.signal(number)
    }

    /// Everything that `serve` has logged.
    package var serveLog: String { log(of: Self.serve) }

    // MARK: nodes

    /// Registers a node and keeps its token in a file.
    package func register(_ node: EdgeNode) async throws {
        let token = try await signalbox("node", "create", node.name, "--region", node.region, "--output", "name").output
        try folder.write(token, to: node.name + ".token")
        chmod(node.tokenFile, 0o600)
    }

    /// Starts a node and returns when its Envoy takes connections on the production address.
    package func startNode(_ node: EdgeNode, _ options: [String] = []) async throws {
        guard let module = Checkout.edgeModule() else { throw NoModule() }
        let arguments = [
            "node", "run", node.name, "--region", node.region, "--token-file", node.tokenFile, "--directory",
            node.directory, "--server", "http://\(server)", "--listen", "\(node.production)", "--staging",
            "\(node.staging)", "--envoy", try EnvoyBinary.require(), "--module", module, "--concurrency", "1",
            "--drain",
            "1s",
        ]
        try await start(node.name, arguments + options, until: "node \(node.name)'s Envoy") {
            try await RawHTTP.request("GET", "/", at: node.production, headers: [("Connection", "close")]).status > 0
        }
    }

    package func stopNode(_ node: EdgeNode) async { await stop(node.name) }

    /// Ends a node as a power cut would: service and Envoy with SIGKILL.
    package func killNode(_ node: EdgeNode) async throws {
        guard let child = processes.withLock({ $0.removeValue(forKey: node.name) }) else { return }
        // Stopped first, so that it cannot start another Envoy in between; its child's id stays the child's own.
        child.signal(SIGSTOP)
        if let envoy = envoyProcess(of: node) { kill(envoy, SIGKILL) }
        child.signal(SIGKILL)
        try await child.wait()
        try await eventually("the end of \(node.name)'s Envoy") { FreePort.isFree(node.production) }
    }

    /// Sends a signal to the service of a node, not to its Envoy.
    package func signalNode(_ node: EdgeNode, _ number: Int32) {
        processes.withLock { $0[node.name] }?.signal(number)
    }

    /// Ends the service of a node as a crash would, and nothing else.
    package func killNodeService(_ node: EdgeNode) async throws {
        guard let child = processes.withLock({ $0.removeValue(forKey: node.name) }) else { return }
        child.signal(SIGKILL)
        try await child.wait()
    }

    package var serveProcess: pid_t? { processes.withLock { $0[Self.serve]?.pid } }

    /// The process of a node's service.
    package func nodeProcess(_ node: EdgeNode) -> pid_t? { processes.withLock { $0[node.name]?.pid } }

    /// The process of a node's Envoy, as noted in the node's data directory.
    package func envoyProcess(of node: EdgeNode) -> pid_t? {
        let text = try? String(contentsOf: URL(filePath: node.directory + "/envoy.pid"), encoding: .utf8)
        return text.flatMap { pid_t(String($0.prefix { $0.isNumber })) }
    }

    package func nodeLog(_ node: EdgeNode) -> String { log(of: node.name) }

    /// What a node's Envoy says on its administration socket.
    package func administration(of node: EdgeNode, _ path: String) async throws -> CommandAnswer {
        let arguments = [
            "--silent", "--show-error", "--fail", "--globoff", "--max-time", "20", "--unix-socket",
            node.directory + "/admin.sock", "http://admin\(path)",
        ]
        let answer = CommandAnswer(arguments: arguments, try await ChildProcess.run("curl", arguments))
        guard answer.status == 0 else { throw CommandAnswer.Failed(answer: answer) }
        return answer
    }

    package struct NoModule: Error, CustomStringConvertible {
        package init() {}
        package var description: String { "no edge module: run make edge or set SIGNALBOX_EDGE_MODULE" }
    }

    // MARK: any

    private func log(of name: String) -> String { processes.withLock { $0[name]?.errors } ?? "" }

    private func stop(_ name: String) async {
        let child = processes.withLock { $0.removeValue(forKey: name) }
        await child?.terminate(grace: .seconds(10))
    }

    private func start(
        _ name: String, _ arguments: [String], environment: [String: String?] = [:], until what: String,
        _ isReady: @escaping () async throws -> Bool
    ) async throws {
        let child = try ChildProcess(
            Checkout.program("signalbox"), arguments, environment: self.environment.merging(environment) { $1 },
            directory: folder.path)
        processes.withLock { $0[name] = child }
        do {
            try await eventually(within: .seconds(120), what) {
                if !child.isRunning { return true }
                return try await isReady()
            }
        } catch {
            throw DidNotStart(name: name, reason: "\(error)", log: child.errors)
        }
        guard child.isRunning else { throw DidNotStart(name: name, reason: "it ended", log: child.errors) }
    }

    package struct DidNotStart: Error, CustomStringConvertible {
        package let name: String
        package let reason: String
        package let log: String
        package var description: String { "\(name) is not ready: \(reason); its log ends:\n\(log.suffix(4_000))" }
    }
}

package import EdgeModel
internal import EdgePlan
internal import EnvoyConfig
internal import Foundation
internal import Glibc
package import Logging
internal import Synchronization
package import WebTransport

/// The service beside each Envoy, `signalbox node run`: keeps Envoy running, passes its questions on to `serve`,
/// serves the last good configuration while `serve` is away, and reports figures and reasons of refusals.
///
/// What lies on disk is told by ``NodeDirectory``.
package struct NodeAgent: Sendable {
    private let settings: NodeAgentSettings
    private let transport: any WebTransport
    private let certificates: any CertificateInspecting
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let chance: @Sendable () -> Double

    /// So many requests its transport must be able to hold at a time: one for each shard of both networks, which `serve`
    /// holds for as long as nothing is new, and room for listeners, clusters, scopes, reports and Envoy's statistics. One
    /// more than the transport takes would wait behind 25 s of silence.
    package static let requestsAtOnce = Network.allCases.count * RouteShard.count + 64

    /// - Parameters:
    ///   - transport: holds ``requestsAtOnce`` requests and can use unix sockets.
    ///   - chance: a random number in 0..<1 at each call.
    package init(
        settings: NodeAgentSettings, transport: any WebTransport, certificates: any CertificateInspecting,
        logger: Logger, now: @escaping @Sendable () -> Timestamp, chance: @escaping @Sendable () -> Double
    ) {
        self.settings = settings
        self.transport = transport
        self.certificates = certificates
        self.logger = logger
        self.now = now
        self.chance = chance
    }

    /// Runs until one of the signals comes or the task is cancelled; then lets clients go for `settings.drain`, ends
    /// Envoy and returns when it is gone. A second signal does not wait for clients, a third ends Envoy by force.
    ///
    /// - Throws: ``NodeAgentError`` when it cannot begin; then no Envoy runs.
    package func run(stoppingOn signals: [Int32] = [SIGTERM, SIGINT]) async throws {
        let directory = try NodeDirectory(settings.directory)
        try directory.prepare()
        let lock = try DirectoryLock(directory.lock)
        defer { withExtendedLifetime(lock) {} }
        let prepared = try await prepare(directory)
        try Task.checkCancellation()
        let parts = Parts(
            settings: settings, directory: directory, token: prepared.token, command: prepared.command,
            transport: transport, certificates: certificates, logger: logger, now: now, chance: chance)
        let sources = StopSignals(signals) { parts.supervisor.stop() }
        defer { sources.cancel() }
        // A cancelled task could not wait for Envoy's end: the work runs in one that is told instead.
        let work = Task { try await parts.run() }
        try await withTaskCancellationHandler {
            try await work.value
        } onCancel: {
            parts.supervisor.stop()
        }
    }

    /// Milliseconds; Envoy rests for up to twice as long. The relay sees by Envoy's statistics what it has taken on, and
    /// asks `serve` in its place: that Envoy itself says so can wait until no node waits for the processor any more.
    private static let refreshDelay = 100

    /// Checks and puts in place everything Envoy needs; ends an Envoy that was left behind.
    private func prepare(_ directory: NodeDirectory) async throws -> (token: String, command: EnvoyCommand) {
        let token = try TokenFile(path: settings.tokenFile, node: settings.node.name).read()
        let version = try await EnvoyProgram(path: settings.envoy).check(scratch: directory.root + "/version")
        if let module = settings.module { try ModuleInstall.install(module, at: directory.module) }
        // The module looks for it beside its library.
        let key = TraceKey(tokenDigest: Digest.sha256(of: token))
        try AtomicFile.write(Array((key.hexadecimal + "\n").utf8), to: directory.traceKey, mode: 0o600)
        if let ended = try await StaleEnvoy(file: directory.processFile).end() {
            logger.warning("ended an Envoy that an earlier run had left behind", metadata: ["process": "\(ended)"])
        }
        for socket in [directory.adminSocket, directory.figuresSocket] { unlink(socket) }
        let node = settings.node
        // The token is left out: the relay adds it to what it passes on.
        let metadata = NodeMetadata(
            token: "", region: node.region.isEmpty ? nil : node.region, listen: node.listen.map(\.description),
            staging: node.staging.map(\.description), loadBalancers: node.loadBalancers,
            accessLog: settings.writesAccessLog ? directory.accessLog : nil,
            envoyVersion: version.description, moduleVersion: node.moduleVersion, planFormats: node.planFormats,
            refreshDelay: Self.refreshDelay)
        let bootstrap = Bootstrap(
            node: node.name.rawValue, metadata: metadata, controlPlane: .init(.unix(path: directory.relaySocket)),
            admin: .unix(path: directory.adminSocket),
            figuresSocket: settings.module == nil ? nil : directory.figuresSocket)
        try AtomicFile.write(bootstrap.json(), to: directory.bootstrap, mode: 0o600)
        let command = EnvoyCommand(
            executable: settings.envoy, configuration: directory.bootstrap, modules: directory.root,
            concurrency: settings.concurrency, logFlush: 50, drain: max(1, Int(settings.drain.components.seconds)))
        return (token, command)
    }
}

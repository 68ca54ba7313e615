internal import EdgeModel
internal import EnvoyConfig
internal import Foundation
internal import Logging
internal import WebTransport

extension NodeAgent {
    /// The running pieces of a node and how they know each other.
    struct Parts: Sendable {
        let supervisor: EnvoySupervisor
        private let client: ControlPlaneClient
        private let node: String
        private let logger: Logger
        private let relay: Relay
        private let server: RelayServer
        private let reporter: Reporter
        private let follower: LogFollower
        /// nil: no access log is written.
        private let requests: AccessLogFollower?
        private let keeper: LastGoodKeeper

        init(
            settings: NodeAgentSettings, directory: NodeDirectory, token: String, command: EnvoyCommand,
            transport: any WebTransport, certificates: any CertificateInspecting, logger: Logger,
            now: @escaping @Sendable () -> Timestamp,
            chance: @escaping @Sendable () -> Double
        ) {
            let client = ControlPlaneClient(transport: transport, settings: settings, token: token)
            let admin = EnvoyAdmin(
                transport: transport, socket: directory.adminSocket,
                figuresSocket: settings.module == nil ? nil : directory.figuresSocket)
            let failing = settings.writesAccessLog ? FailingDesk() : nil
            requests = failing.map { AccessLogFollower(path: directory.accessLog, desk: $0) }
            let desk = CertificateDesk(inspector: certificates, logger: logger)
            let reporter = Reporter(
                node: settings.node.name, client: client, admin: admin, certificates: desk, failing: failing, now: now,
                chance: chance, logger: logger)
            let keeper = LastGoodKeeper(path: directory.lastGood, node: settings.node.name.rawValue, logger: logger)
            // The two need each other: the relay is made first and told of the supervisor's wish by a stream.
            let (cycles, cycle) = AsyncStream<Void>.makeStream()
            let relay = Relay(
                client: client,
                probes: .init(
                    isAlive: { await admin.isAlive() },
                    runs: { subscription, version in
                        guard subscription == .clusters else { return await admin.runs(subscription, version) }
                        guard let stats = await admin.warming() else { return false }
                        reporter.tell(.warming(stats))
                        return stats.clustersVersion == version && stats.warmingClusters == 0
                    }),
                lastGood: keeper.load(), chance: chance, logger: logger,
                tell: { event in
                    if case .keep(let lastGood) = event { keeper.keep(lastGood) }
                    reporter.tell(.relay(event))
                },
                startAnew: { cycle.yield() })
            supervisor = EnvoySupervisor(
                plan: .init(
                    program: command.executable,
                    arguments: command.arguments + ["--log-path", directory.envoyLog, "--log-level", "info"],
                    environment: Self.environment(with: command.environment), output: directory.envoyErrors),
                stale: StaleEnvoy(file: directory.processFile), drain: settings.drain,
                hooks: .init(
                    willLaunch: {
                        await relay.envoyStarts()
                        await desk.envoyStarts()
                        reporter.tell(.envoyStarts)
                    },
                    didLaunch: { reporter.tell(.envoyRuns($0, restarts: $1)) },
                    drain: { await admin.drain() }),
                logger: logger)
            server = RelayServer(
                socket: directory.relaySocket, relay: relay, certificates: desk, logger: logger)
            follower = LogFollower(directory: directory, admin: admin, logger: logger) { reporter.tell(.logged($0)) }
            self.client = client
            node = settings.node.name.rawValue
            self.logger = logger
            self.relay = relay
            self.reporter = reporter
            self.keeper = keeper
            self.cycles = cycles
        }

        private let cycles: AsyncStream<Void>

        /// Returns when Envoy has ended after the supervisor was told to stop. Throws when Envoy's questions cannot be
        /// taken (any more); then Envoy is ended too.
        func run() async throws {
            defer { keeper.finish() }
            let (listening, isListening) = AsyncStream<Void>.makeStream()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { isListening.finish() }
                    try await server.run { isListening.yield() }
                }
                group.addTask { await reporter.run() }
                group.addTask { await follower.run() }
                if let requests { group.addTask { await requests.run() } }
                group.addTask { for await _ in cycles { supervisor.cycle() } }
                let supervising = Task {
                    for await _ in listening { break }
                    await supervisor.run()
                }
                group.addTask { await supervising.value }
                // The first to end decides: Envoy after a stop, or the server that failed.
                let outcome = await group.nextResult()
                supervisor.stop()
                await supervising.value
                // Questions that are held for an Envoy that is gone would hold the server's end up.
                await relay.drop()
                await goodbye()
                group.cancelAll()
                if case .failure(let error)? = outcome { throw error }
            }
        }

        /// A `serve` that is away learns nothing, and then knows nothing either of what this node was given.
        private func goodbye() async {
            do { try await client.leave(node: node) } catch { logger.debug("no goodbye: \(error)") }
        }

        /// What Envoy may know of ours: nothing that could be a secret.
        private static func environment(with own: [String: String]) -> [String: String] {
            let inherited = ProcessInfo.processInfo.environment.filter {
                ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR"].contains($0.key)
            }
            return inherited.merging(own) { _, ours in ours }
        }
    }
}

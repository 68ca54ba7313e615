package import EdgeModel
package import EdgePlan
package import EnvoyConfig
package import Logging
internal import Synchronization

/// Hands configuration to any number of nodes and hears from them: REST-JSON xDS by long poll, reports, metrics.
///
/// Publishing works before, while and after `run()`; nodes are served while it runs.
package final class XDSService: DataPlane {
    /// Whether this is the node's token. Called for every request; compares in constant time.
    package typealias Authentication = @Sendable (ResourceName, String) async -> Bool

    /// Whether a place in a journal is one of the state that is published here. Called for places not known yet.
    package typealias Containment = @Sendable (JournalPosition) async -> Bool

    let settings: XDSSettings
    let registry: FleetRegistry
    let authenticate: Authentication
    /// Where nodes were registered to be, by name.
    let regions: @Sendable () async -> [ResourceName: String]
    let logger: Logger
    let now: @Sendable () -> Timestamp
    private let renderer: EnvoyRenderer
    private let encode: @Sendable (ZonePlan) throws -> [UInt8]
    private let containment: Containment
    /// Places that the journal contains: it only grows.
    private let contained = Mutex<Set<JournalPosition>>([])
    private let broadcast = EventBroadcast()
    private let tickets = Mutex(0)
    let stop = ShutdownSignal()

    /// - Parameters:
    ///   - encode: a zone's plan as the bytes the edge module reads.
    ///   - authenticate: whether a token is the node's.
    ///   - contains: whether the journal contains a place that a node was given.
    ///   - regions: where nodes were registered to be, for figures of those that do not say it themselves.
    package init(
        _ settings: XDSSettings, renderer: EnvoyRenderer = EnvoyRenderer(), logger: Logger,
        now: @escaping @Sendable () -> Timestamp,
        encode: @escaping @Sendable (ZonePlan) throws -> [UInt8] = { EnvoyRenderer.envelope($0) },
        authenticate: @escaping Authentication, contains: @escaping Containment = { _ in true },
        regions: @escaping @Sendable () async -> [ResourceName: String] = { [:] }
    ) {
        self.settings = settings
        self.renderer = renderer
        self.logger = logger
        self.now = now
        self.encode = encode
        self.authenticate = authenticate
        self.regions = regions
        containment = contains
        let trial = min(settings.trial, settings.hold)
        var rules = settings.rollout
        rules.firstNode.trial = trial
        let rollout = FleetRollout(rules) { node, certificates in
            let sockets = Network.allCases.flatMap { network in
                node.addresses(of: network).map {
                    ListenerPlan(
                        network: network, address: $0.address, port: $0.port, isTLS: $0.isTLS,
                        loadBalancers: $0.isProxied ? node.loadBalancers ?? [] : nil)
                }
            }
            let inShards = node.fetchesShards ?? false
            let listeners = try? renderer.listeners(
                sockets, certificates: certificates, accessLog: node.accessLog, inShards: inShards,
                refreshDelay: node.refreshDelay)
            return listeners.map { DiscoveryAnswer($0, tag: inShards ? RouteDelivery.tag : "") }
        }
        registry = FleetRegistry(
            rollout, hold: settings.hold, trial: trial, broadcast: broadcast,
            memory: settings.memory, logger: logger, now: now)
    }

    package func publish(
        _ plan: EdgePlan, digests: NetworkDigests, journal: JournalPosition?, deployments: DeploymentMarks = .init()
    ) async throws {
        let ticket = tickets.withLock { count in
            count += 1
            return count
        }
        let set = try renderer.render(plan, reusing: await registry.latest(), encode: encode)
        await registry.install(
            set, digests: digests, journal: journal, deployments: deployments, unknown: await unknownPlaces(),
            ticket: ticket)
    }

    package func prepare(_ origins: [OriginPlan], within limit: Duration) async throws -> OriginReadiness {
        await registry.prepare(
            try origins.map { try renderer.cluster($0) }, within: Int64(limit / .milliseconds(1)))
    }

    package func reconsider() async { await registry.judge(unknown: await unknownPlaces()) }

    func contains(_ position: JournalPosition) async -> Bool {
        if contained.withLock({ $0.contains(position) }) { return true }
        guard await containment(position) else { return false }
        contained.withLock { places in
            if places.count >= 10_000 { places = [] }
            places.insert(position)
        }
        return true
    }

    private func unknownPlaces() async -> [JournalGuard.Word] {
        var unknown: [JournalGuard.Word] = []
        for word in await registry.journalWords where await !contains(word.position) { unknown.append(word) }
        return unknown
    }

    package var events: AsyncStream<FleetEvent> { broadcast.stream() }

    package func fleet() async -> FleetSnapshot { await registry.snapshot() }

    /// Lets waiting requests go and makes `run()` return.
    package func shutdown() async {
        await registry.close()
        stop.send()
    }

    func finishEvents() { broadcast.finish() }
}

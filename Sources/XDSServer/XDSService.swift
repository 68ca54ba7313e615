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

    let settings: XDSSettings
    let registry: FleetRegistry
    let authenticate: Authentication
    let logger: Logger
    let now: @Sendable () -> Timestamp
    private let renderer: EnvoyRenderer
    private let encode: @Sendable (ZonePlan) throws -> [UInt8]
    private let broadcast = EventBroadcast()
    private let tickets = Mutex(0)
    let stop = ShutdownSignal()

    /// - Parameters:
    ///   - encode: a zone's plan as the bytes the edge module reads.
    ///   - authenticate: whether a token is the node's.
    package init(
        _ settings: XDSSettings, renderer: EnvoyRenderer = EnvoyRenderer(), logger: Logger,
        now: @escaping @Sendable () -> Timestamp,
        encode: @escaping @Sendable (ZonePlan) throws -> [UInt8] = { EnvoyRenderer.envelope($0) },
        authenticate: @escaping Authentication
    ) {
        self.settings = settings
        self.renderer = renderer
        self.logger = logger
        self.now = now
        self.encode = encode
        self.authenticate = authenticate
        let rollout = FleetRollout(settings.rollout) { node, certificates in
            let sockets = Network.allCases.flatMap { network in
                node.addresses(of: network).map {
                    ListenerPlan(
                        network: network, address: $0.address, port: $0.port, isTLS: $0.isTLS,
                        loadBalancers: $0.isProxied ? node.loadBalancers ?? [] : nil)
                }
            }
            let inShards = node.fetchesShards ?? false
            let listeners = try? renderer.listeners(
                sockets, certificates: certificates, accessLog: node.accessLog, inShards: inShards)
            return listeners.map { DiscoveryAnswer($0, tag: inShards ? RouteDelivery.tag : "") }
        }
        registry = FleetRegistry(
            rollout, hold: settings.hold, broadcast: broadcast, memory: settings.memory, logger: logger, now: now)
    }

    package func publish(_ plan: EdgePlan, digests: NetworkDigests) async throws {
        let ticket = tickets.withLock { count in
            count += 1
            return count
        }
        let set = try renderer.render(plan, reusing: await registry.latest(), encode: encode)
        await registry.install(set, digests: digests, ticket: ticket)
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

package import EdgeModel
package import EdgePlan
package import EnvoyConfig

/// Which version every node is offered next: make before break over the whole fleet, as a pure state machine.
///
/// Clusters are sent as the union of those that the published routes need and those that any node which is not long
/// gone may still use. Routes follow, node by node, once the node has accepted their clusters and these are usable.
/// What nobody needs any more goes after `settle`. A publication that needs no new cluster goes out at once.
package struct FleetRollout: Sendable {
    package struct Settings: Hashable, Sendable {
        /// Milliseconds that a cluster stays after the last node left it: for requests still on their way and for a
        /// rollback that then finds it warm.
        package var settle: Int64
        /// Format number of the plans; a node that cannot read it is not sent routes. nil: not checked.
        package var planFormat: Int?

        package init(settle: Int64 = 30_000, planFormat: Int? = Int(PlanFormat.number)) {
            self.settle = settle
            self.planFormat = planFormat
        }
    }

    struct Table: Sendable {
        var network: Network
        var plan: Digest
        var clusters: [String]
        var version: String
    }

    struct PooledCluster: Sendable {
        var cluster: ClusterResource
        /// nil while something needs it.
        var leaves: Int64?
    }

    private let settings: Settings
    private(set) var nodes: [ResourceName: NodeRollout] = [:]
    /// What is published, by network, and its bytes.
    private var current: [Network: Table] = [:]
    private var routesAnswers: [Network: DiscoveryAnswer] = [:]
    /// Every route table that some node may run, by version.
    var tables: [String: Table] = [:]
    var pool: [String: PooledCluster] = [:]
    private var clustersAnswer: DiscoveryAnswer?
    /// The members of cluster answers sent before, by version; the oldest go first.
    var memberships: [(version: String, clusters: [ClusterResource])] = []
    private let listeners: @Sendable (NodeDescription, [CertificatePlan]) -> DiscoveryAnswer?
    private var certificates: [CertificatePlan] = []
    /// Until then every table of the predecessor is kept, for nodes that have not asked yet; nil: there are none.
    var remembersUntil: Int64?
    var predecessors: Set<String> = []
    /// When clusters accepted from the predecessor were usable, by node.
    var remembered: [ResourceName: [String: Int64]] = [:]
    /// Versions of which nodes may run some pieces: see ``RouteDelivery``.
    package var runningInPart: Set<String> = []
    /// Grows whenever `memory` changes.
    package private(set) var memoryChange = 0

    /// - Parameter listeners: renders a node's listeners.
    package init(
        _ settings: Settings = Settings(),
        listeners: @escaping @Sendable (NodeDescription, [CertificatePlan]) -> DiscoveryAnswer?
    ) {
        self.settings = settings
        self.listeners = listeners
    }

    package var isPublished: Bool { !current.isEmpty }

    /// The version a network's routes have on the wire; nil: nothing is published.
    package func version(of network: Network) -> String? { current[network]?.version }

    package func description(of node: ResourceName) -> NodeDescription? { nodes[node]?.description }

    /// The version a node runs, as it said last.
    package func acceptedVersion(_ node: ResourceName, _ kind: ResourceKind) -> String? {
        nodes[node]?.sessions[kind]?.accepted
    }

    // MARK: events

    package mutating func publish(_ set: ResourceSet, digests: NetworkDigests, at now: Int64) -> [FleetEvent] {
        for network in Network.allCases {
            let routes = set.routes(network)
            let answer = routes.answer
            let table = Table(
                network: network, plan: digests[network], clusters: routes.clusters, version: answer.version)
            current[network] = table
            routesAnswers[network] = answer
            tables[table.version] = table
        }
        if set.certificates != certificates {
            certificates = set.certificates
            for (name, node) in nodes { nodes[name]?.listeners = listeners(node.description, certificates) }
        }
        memoryChange += 1
        for cluster in set.clusters { pool[cluster.name] = PooledCluster(cluster: cluster) }
        refresh(at: now)
        return nodes.keys.sorted().flatMap { name in
            Network.allCases.flatMap { network -> [FleetEvent] in
                let kind = ResourceKind.routes(network)
                // The same routes may stand for another plan, for instance when only addresses changed.
                let isCurrent = nodes[name]?.sessions[kind]?.accepted == version(of: network)
                let accepted = isCurrent ? tellAccepted(name, kind, at: now) : nil
                return [accepted, tellUnreadable(name, kind, at: now)].compactMap(\.self)
            }
        }
    }

    /// A node's request; what it says of itself and of the version it runs.
    package mutating func hear(_ request: DiscoveryRequest, at now: Int64) -> [FleetEvent] {
        let name = request.node.name
        var events: [FleetEvent] = []
        var node = nodes[name] ?? NodeRollout(request.node, remembering: remembered[name] ?? [:], at: now)
        let isChanged = nodes[name] == nil || node.description != request.node
        if isChanged || node.listeners == nil {
            node.description = request.node
            node.listeners = listeners(request.node, certificates)
        }
        if isChanged || node.isLost || now - (node.lastSeenEvent ?? 0) >= 5_000 {
            events.append(event(name, now, .seen(request.node)))
            node.lastSeenEvent = now
        }
        node.isLost = false
        node.lastRequest = now

        if request.kind == .clusters, request.version == nil { node.forgetRemembered() }
        var session = node.sessions[request.kind] ?? DiscoverySession()
        if request.kind.network != nil, request.version == nil { node.hearFirstRouteRequest(at: now) }
        let word = session.hear(request.version)
        node.sessions[request.kind] = session
        switch word {
        case .accepted(let version) where request.kind == .clusters:
            node.accept(memberships.first { $0.version == version }?.clusters, at: now)
            memoryChange += 1
            events.append(event(name, now, .accepted(.clusters, version: version, plan: nil)))
        case .accepted(let version) where request.kind == .listeners:
            events.append(event(name, now, .accepted(.listeners, version: version, plan: nil)))
        case .refused(let version):
            let plan = tables[version]?.plan
            events.append(event(name, now, .refused(request.kind, version: version, plan: plan, reason: nil)))
        case .restarted where request.kind == .clusters:
            node.restart()
            for network in Network.allCases { node.sessions[.routes(network)] = nil }
        case .accepted, .restarted, nil:
            break
        }
        nodes[name] = node
        if case .accepted = word, let told = tellAccepted(name, request.kind, at: now) { events.append(told) }
        if let told = tellUnreadable(name, request.kind, at: now) { events.append(told) }
        if word != nil { refresh(at: now) }
        return events
    }

    package mutating func report(_ report: NodeReport, at now: Int64) -> [FleetEvent] {
        if var node = nodes[report.node] {
            node.lastReport = now
            node.isLost = false
            if let version = report.clustersVersion?.rawValue, version == node.sessions[.clusters]?.accepted {
                node.hearWarming(report.warmingClusters, at: now)
            }
            nodes[report.node] = node
        }
        return [event(report.node, now, .reported(report))]
    }

    /// Time passed: nodes are lost, clusters leave.
    package mutating func tick(at now: Int64) -> [FleetEvent] {
        var events: [FleetEvent] = []
        for (name, node) in nodes.sorted(by: { $0.key < $1.key }) where !node.isLost && !node.isLive(at: now) {
            nodes[name]?.isLost = true
            events.append(event(name, now, .lost))
        }
        refresh(at: now)
        return events
    }

    // MARK: answers

    /// What a waiting request is to be answered with now, noted as sent; nil: it waits on.
    package mutating func answer(_ name: ResourceName, _ kind: ResourceKind, at now: Int64) -> DiscoveryAnswer? {
        guard isPublished, let node = nodes[name], let offer = offer(node, kind, at: now) else { return nil }
        var session = node.sessions[kind] ?? DiscoverySession()
        let isDue = session.send(offer.version)
        nodes[name]?.sessions[kind] = session
        guard isDue else { return nil }
        if kind == .clusters, let sent = memberships.last?.clusters { nodes[name]?.send(sent) }
        return offer
    }

    private func canRead(_ node: NodeDescription) -> Bool {
        guard let format = settings.planFormat, !node.planFormats.isEmpty else { return true }
        return node.planFormats.contains(format)
    }

    private func offer(_ node: NodeRollout, _ kind: ResourceKind, at now: Int64) -> DiscoveryAnswer? {
        guard let network = kind.network else { return kind == .clusters ? clustersAnswer : node.listeners }
        guard let table = current[network], canRead(node.description) else { return nil }
        guard let due = node.due(table.clusters), due <= now else { return nil }
        return routesAnswers[network]
    }

    // MARK: clusters

    /// Brings the pool of clusters and the tables kept up to date with what is needed.
    private mutating func refresh(at now: Int64) {
        guard isPublished else { return }
        var kept = Set(current.values.map(\.version))
        for node in nodes.values where !node.isExpired(at: now) {
            for network in Network.allCases { kept.formUnion(node.routeVersions(network)) }
        }
        kept.formUnion(runningInPart)
        if let until = remembersUntil {
            if now < until { kept.formUnion(predecessors) } else { remembersUntil = nil }
        }
        tables = tables.filter { kept.contains($0.key) }
        let needed = tables.values.reduce(into: Set<String>()) { $0.formUnion($1.clusters) }
        for (name, pooled) in pool {
            if needed.contains(name) {
                pool[name]?.leaves = nil
            } else if let leaves = pooled.leaves {
                if leaves <= now { pool[name] = nil }
            } else if settings.settle <= 0 {
                pool[name] = nil
            } else {
                pool[name]?.leaves = now + settings.settle
            }
        }
        offerClusters()
    }

    private mutating func offerClusters() {
        let members = pool.values.map(\.cluster).sorted { $0.name < $1.name }
        if let last = memberships.last, last.clusters == members { return }
        let answer = DiscoveryAnswer(members.map(\.resource))
        clustersAnswer = answer
        memberships.removeAll { $0.version == answer.version }
        memberships.append((answer.version, members))
        if memberships.count > 64 { memberships.removeFirst() }
        memoryChange += 1
    }

    // MARK: words

    /// An acceptance, unless it was told already with the same plan.
    private mutating func tellAccepted(_ name: ResourceName, _ kind: ResourceKind, at now: Int64) -> FleetEvent? {
        guard let network = kind.network, let version = nodes[name]?.sessions[kind]?.accepted else { return nil }
        let plan = tables[version]?.plan
        if let plan, nodes[name]?.toldPlans[network] == plan { return nil }
        nodes[name]?.toldPlans[network] = plan
        return event(name, now, .accepted(kind, version: version, plan: plan))
    }

    /// That a node's module cannot read what is published: never sent, so told here in the node's place.
    private mutating func tellUnreadable(_ name: ResourceName, _ kind: ResourceKind, at now: Int64) -> FleetEvent? {
        guard let network = kind.network, let table = current[network], let node = nodes[name],
            node.sessions[kind] != nil, !canRead(node.description), node.toldUnreadable[network] != table.version
        else { return nil }
        nodes[name]?.toldUnreadable[network] = table.version
        let formats = node.description.planFormats.map(String.init).joined(separator: ", ")
        let reason =
            "its module reads plan formats \(formats), the plan has format \(settings.planFormat ?? 0): "
            + "install the module of this version on the node and restart its Envoy"
        return event(name, now, .refused(kind, version: table.version, plan: table.plan, reason: reason))
    }

    private func event(_ node: ResourceName, _ now: Int64, _ kind: FleetEvent.Kind) -> FleetEvent {
        FleetEvent(node: node, at: Timestamp(milliseconds: now), kind)
    }
}

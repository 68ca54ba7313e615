package import EdgeModel
package import EdgePlan
package import EnvoyConfig
package import FleetProtocol

/// Which version every node is offered next: make before break over the whole fleet, as a pure state machine.
///
/// Clusters are sent as the union of those that the published routes need and those that any node which is not long
/// gone may still use. Routes follow, node by node, once the node has accepted their clusters and these are usable, and
/// once ``FirstNode`` lets the node have them. What nobody needs any more goes after `settle`. A publication that needs
/// no new cluster goes out at once.
package struct FleetRollout: Sendable {
    package struct Settings: Hashable, Sendable {
        /// Milliseconds that a cluster stays after the last node left it: for requests still on their way and for a
        /// rollback that then finds it warm.
        package var settle: Int64
        /// Format number of the plans; a node that cannot read it is not sent routes. nil: not checked.
        package var planFormat: Int?
        package var firstNode: FirstNodeLimits

        package init(
            settle: Int64 = 30_000, planFormat: Int? = Int(PlanFormat.number), firstNode: FirstNodeLimits = .init()
        ) {
            self.settle = settle
            self.planFormat = planFormat
            self.firstNode = firstNode
        }
    }

    struct Table: Sendable {
        var network: Network
        var plan: Digest
        var clusters: [String]
        var version: String
    }

    /// An answer that may not be made yet: routes that come in shards are hardly ever asked for as a whole, and making
    /// the whole takes as long as there are zones.
    struct Offer: Sendable {
        let version: String
        let answer: @Sendable () -> DiscoveryAnswer

        init(_ answer: DiscoveryAnswer) { (version, self.answer) = (answer.version, { answer }) }

        init(_ table: RouteTable) { (version, answer) = (table.version, { table.answer }) }
    }

    let settings: Settings
    var nodes: [ResourceName: NodeRollout] = [:]
    /// What is published, by network.
    private(set) var current: [Network: Table] = [:]
    /// When production's routes changed last.
    private var publishedAt: Int64 = 0
    /// What may be sent, by version: what is published and what was open to all before.
    var routesAnswers: [String: Offer] = [:]
    var firstNodes: [Network: FirstNode]
    var journal = JournalGuard()
    /// Every route table that some node may run, by version.
    var tables: [String: Table] = [:]
    var pool: ClusterPool
    var ahead = Ahead()
    /// What nodes that are long gone may still run, by version: see ``FleetRollout+Absence``.
    var putAside: [String: PutAside] = [:]
    private let listeners: @Sendable (NodeDescription, [CertificatePlan]) -> DiscoveryAnswer?
    private var certificates: [CertificatePlan] = []
    /// Until then every table of the predecessor is kept, for nodes that have not asked yet; nil: there are none.
    var remembersUntil: Int64?
    var predecessors: Set<String> = []
    /// Versions of routes that the predecessor's nodes may run, until they speak.
    var unheard: [ResourceName: Unheard] = [:]
    /// When clusters accepted from the predecessor were usable, by node.
    var remembered: [ResourceName: [String: Int64]] = [:]
    /// Versions of which nodes may run some pieces: see ``RouteDelivery``.
    package var runningInPart: Set<String> = []
    /// Grows whenever `memory` changes.
    package var memoryChange = 0
    /// Grows with every request that says something new: only then may requests of others have become answerable.
    package private(set) var words = 0

    /// - Parameter listeners: renders a node's listeners.
    package init(
        _ settings: Settings = Settings(),
        listeners: @escaping @Sendable (NodeDescription, [CertificatePlan]) -> DiscoveryAnswer?
    ) {
        self.settings = settings
        pool = ClusterPool(settle: settings.settle)
        self.listeners = listeners
        let all = Network.allCases.map { ($0, FirstNode($0, settings.firstNode)) }
        firstNodes = Dictionary(uniqueKeysWithValues: all)
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

    /// - Parameters:
    ///   - position: where the journal stands that the set was made of; nil: nobody keeps one.
    ///   - deployments: how far the journal reaches in the set.
    package mutating func publish(
        _ set: ResourceSet, digests: NetworkDigests, journal position: JournalPosition? = nil,
        deployments: DeploymentMarks = .init(), at now: Int64
    ) -> [FleetEvent] {
        journal.published = position
        for network in Network.allCases {
            let routes = set.routes(network)
            let table = Table(
                network: network, plan: digests[network], clusters: routes.clusters, version: routes.version)
            if network == .production, current[network]?.version != table.version { publishedAt = now }
            current[network] = table
            routesAnswers[table.version] = Offer(routes)
            tables[table.version] = table
            firstNodes[network]?.publish(
                .init(version: table.version, plan: table.plan, deployments: deployments))
        }
        if set.certificates != certificates {
            certificates = set.certificates
            for (name, node) in nodes { nodes[name]?.listeners = listeners(node.description, certificates) }
        }
        memoryChange += 1
        for cluster in set.clusters { pool.add(cluster) }
        refresh(at: now)
        return holdEvents(at: now)
            + nodes.keys.sorted().flatMap { name in
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
        let isHeard = nodes[name] != nil
        var node =
            nodes[name]
            ?? NodeRollout(
                request.node, remembering: remembered[name] ?? [:],
                running: unheard.removeValue(forKey: name)?.routes ?? [], at: now)
        let isBack = !isHeard || node.isExpired(at: now)
        let isChanged = !isHeard || node.description != request.node
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
        events += hearStanding(request, at: now)
        events += hearForFirstNodes(request, isLeaving: node.isLeaving, at: now)
        if request.kind == .clusters, request.version == nil {
            node.isLeaving = false
            node.unreportedRestarts += 1
            node.forgetRemembered()
        }
        var session = node.sessions[request.kind] ?? DiscoverySession()
        if request.kind.network != nil, request.version == nil { node.hearFirstRouteRequest(at: now) }
        let word = session.hear(request.version)
        node.sessions[request.kind] = session
        node.confirmRoutes()
        if word != nil || request.version == nil { words += 1 }
        switch word {
        case .accepted(let version) where request.kind == .clusters:
            node.accept(version, pool.members(of: version), at: now)
            ahead.stuck.remove(name)
            if request.hasWarmClusters { node.hearWarming(0, of: version, at: now) }
            events.append(event(name, now, .accepted(.clusters, version: version, plan: nil)))
        case .accepted(let version) where request.kind == .listeners:
            events.append(event(name, now, .accepted(.listeners, version: version, plan: nil)))
        case .refused(let version):
            let plan = tables[version]?.plan
            events.append(event(name, now, .refused(request.kind, version: version, plan: plan, reason: nil)))
            events += refused(request.kind, version, node, at: now)
            if request.kind == .clusters { hearRefusal(ofClusters: version, by: name) }
        case .restarted where request.kind == .clusters:
            node.restart()
            ahead.stuck.remove(name)
            for network in Network.allCases { node.sessions[.routes(network)] = nil }
        case .accepted, .restarted, nil:
            break
        }
        nodes[name] = node
        if isBack { giveBack(to: node) }
        if case .accepted(let version) = word {
            memoryChange += 1
            accepted(request.kind, version, by: name, at: now)
        }
        if case .accepted = word {
            // What routes alone could not show may be shown by listeners.
            let kinds = request.kind == .listeners ? Network.allCases.map(ResourceKind.routes) : [request.kind]
            events += kinds.compactMap { tellAccepted(name, $0, at: now) }
        }
        if let told = tellUnreadable(name, request.kind, at: now) { events.append(told) }
        if word != nil || isBack { refresh(at: now) } else { chooseFirstNodes(at: now) }
        return events
    }

    package mutating func report(_ report: NodeReport, at now: Int64) -> [FleetEvent] {
        let holds = hearForFirstNodes(report, at: now)
        if var node = nodes[report.node] {
            let isBack = node.isExpired(at: now)
            node.lastReport = now
            node.count(restarts: report.restarts)
            node.isLost = false
            if let version = report.clustersVersion?.rawValue {
                node.hearWarming(report.warmingClusters, of: version, at: now)
            }
            node.hearListeners(report)
            nodes[report.node] = node
            if isBack {
                giveBack(to: node)
                refresh(at: now)
            }
        }
        let accepted = Network.allCases.compactMap { tellAccepted(report.node, .routes($0), at: now) }
        return [event(report.node, now, .reported(report))] + holds + accepted
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
        due(name, kind, at: now)?.answer()
    }

    /// The same for somebody who may only want to know its version.
    mutating func due(_ name: ResourceName, _ kind: ResourceKind, at now: Int64) -> Offer? {
        guard isPublished, !journal.isClosed(to: name), let node = nodes[name],
            let offer = offer(node, kind, at: now)
        else { return nil }
        var session = node.sessions[kind] ?? DiscoverySession()
        let isDue = session.send(offer.version)
        nodes[name]?.sessions[kind] = session
        guard isDue else { return nil }
        if let network = kind.network {
            firstNodes[network]?.gave(offer.version, to: name, at: now)
            memoryChange += 1
        }
        if kind == .clusters, let sent = pool.answers.last?.clusters { nodes[name]?.send(sent) }
        return offer
    }

    /// What a node that does not tell can read: the format of the time when nodes did not tell.
    private static let untold = [1]

    func canRead(_ node: NodeDescription) -> Bool {
        guard let format = settings.planFormat else { return true }
        return (node.planFormats.isEmpty ? Self.untold : node.planFormats).contains(format)
    }

    private func offer(_ node: NodeRollout, _ kind: ResourceKind, at now: Int64) -> Offer? {
        guard let network = kind.network else {
            return (kind == .clusters ? pool.answer : node.listeners).map { Offer($0) }
        }
        if network == .lower, isBusyWithProduction(node, at: now) { return nil }
        guard canRead(node.description),
            let version = firstNodes[network]?.offer(
                to: node.description.name, running: node.sessions[kind]?.accepted),
            let table = tables[version], let due = node.due(table.clusters), due <= now
        else { return nil }
        return routesAnswers[version]
    }

    /// For so many milliseconds after a publication the lower environments wait for production.
    private static let head: Int64 = 250

    /// A version that becomes live changes both networks. Envoy takes on one after the other on one thread, and says
    /// nothing meanwhile: what visitors see goes first, and not only on this node, as several may share a machine.
    private func isBusyWithProduction(_ node: NodeRollout, at now: Int64) -> Bool {
        guard let table = current[.production], now - publishedAt < Self.head, let rule = firstNodes[.production],
            let session = node.sessions[.productionRoutes], session.accepted != nil, session.refused != table.version
        else { return false }
        switch rule.stage {
        case .held: return false
        case .trying, .confirming: return true
        case .open, .proven: return nodes.values.contains { isAwaited(table.version, on: $0, at: now) }
        }
    }

    /// Whether a live node is on its way to a version of production's routes.
    private func isAwaited(_ version: String, on node: NodeRollout, at now: Int64) -> Bool {
        guard let session = node.sessions[.productionRoutes], session.accepted != nil else { return false }
        return session.accepted != version && session.refused != version && node.isLive(at: now)
            && canRead(node.description) && !journal.isClosed(to: node.description.name)
    }

    // MARK: upkeep

    /// Brings the tables kept and the pool of clusters in line with what is needed.
    mutating func refresh(at now: Int64) {
        guard isPublished else { return }
        for network in Network.allCases { firstNodes[network]?.tick(at: now) }
        var kept = Set(current.values.map(\.version))
        kept.formUnion(firstNodes.values.compactMap(\.fallback))
        routesAnswers = routesAnswers.filter { kept.contains($0.key) }
        for node in nodes.values where !node.isExpired(at: now) { kept.formUnion(node.routeVersions) }
        kept.formUnion(runningInPart)
        if let until = remembersUntil {
            if now < until { kept.formUnion(predecessors) } else { remembersUntil = nil }
        }
        putAsideWhatExpiredNodesRun(at: now)
        tables = tables.filter { kept.contains($0.key) }
        let isTaken = { [nodes, remembered] (name: String) in
            nodes.values.contains { $0.clusters[name] != nil } || remembered.values.contains { $0[name] != nil }
        }
        if pool.tidy(for: tables, at: now, isTaken: isTaken) { memoryChange += 1 }
        chooseFirstNodes(at: now)
    }

    // MARK: words

    /// An acceptance, unless it was told already with the same plan. A plan also names certificates, which are the
    /// listeners' part of it.
    private mutating func tellAccepted(_ name: ResourceName, _ kind: ResourceKind, at now: Int64) -> FleetEvent? {
        guard let network = kind.network, let node = nodes[name], let version = node.sessions[kind]?.accepted,
            node.hasCertificates(of: network)
        else { return nil }
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
        let told = node.description.planFormats
        let formats = (told.isEmpty ? Self.untold : told).map(String.init).joined(separator: ", ")
        let reason =
            "its module reads plan formats \(formats), the plan has format \(settings.planFormat ?? 0): "
            + "install the module of this version on the node and restart its Envoy"
        return event(name, now, .refused(kind, version: table.version, plan: table.plan, reason: reason))
    }

    func event(_ node: ResourceName, _ now: Int64, _ kind: FleetEvent.Kind) -> FleetEvent {
        FleetEvent(node: node, at: Timestamp(milliseconds: now), kind)
    }
}

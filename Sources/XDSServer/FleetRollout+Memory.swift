internal import EdgeModel
internal import EdgePlan
internal import EnvoyConfig

extension FleetRollout {
    /// Answers whose members are remembered; nodes run one of the last few.
    private static let answers = 8

    /// What a successor must know.
    package var memory: RolloutMemory {
        let recent = pool.answers.suffix(Self.answers)
        var clusters = recent.reduce(into: [String: ClusterResource]()) { all, answer in
            for cluster in answer.clusters { all[cluster.name] = cluster }
        }
        for aside in putAside.values {
            for cluster in aside.clusters { clusters[cluster.name] = cluster }
        }
        var memory = RolloutMemory(
            tables: Self.remembered(tables.values),
            clusters: clusters.values.sorted { $0.name < $1.name }.map {
                .init(name: $0.name, definition: String(decoding: $0.resource.bytes, as: UTF8.self), warmUp: $0.warmUp)
            },
            memberships: recent.map { .init(version: $0.version, clusters: $0.clusters.map(\.name)) },
            nodes: rememberedNodes)
        memory.putAside = Self.remembered(putAside.values.map(\.table))
        memory.firstNodes = Network.allCases.compactMap { firstNodes[$0] }
        let kept = firstNodes.values.filter { $0.hold != nil }.compactMap(\.fallback)
        memory.fallbacks = Dictionary(
            kept.compactMap { version in
                routesAnswers[version].map { (version, String(decoding: $0.answer().body, as: UTF8.self)) }
            }, uniquingKeysWith: { first, _ in first })
        memory.acknowledged = journal.acknowledged
        return memory
    }

    private static func remembered(_ tables: some Sequence<Table>) -> [RolloutMemory.Table] {
        tables.sorted { $0.version < $1.version }.map {
            .init(version: $0.version, network: $0.network, plan: $0.plan, clusters: $0.clusters)
        }
    }

    private var rememberedNodes: [RolloutMemory.Node] {
        let heard = nodes.values.map { node in
            RolloutMemory.Node(
                name: node.description.name, clusters: node.clusters.mapValues(\.due), routes: node.routeVersions,
                lastWord: max(node.lastRequest, node.lastReport ?? 0))
        }
        let unheard = unheard.map {
            RolloutMemory.Node(
                name: $0.key, clusters: remembered[$0.key] ?? [:], routes: $0.value.routes, lastWord: $0.value.lastWord)
        }
        return (heard + unheard).sorted { $0.name < $1.name }
    }

    /// Takes over from a predecessor, before anything is published. Its tables count as in use until every node that
    /// lives has had time to say what it runs.
    package mutating func restore(_ memory: RolloutMemory, at now: Int64) {
        let clusters = Dictionary(
            memory.clusters.map {
                ($0.name, ClusterResource(name: $0.name, definition: $0.definition, warmUp: $0.warmUp))
            },
            uniquingKeysWith: { first, _ in first })
        func isWhole(_ table: RolloutMemory.Table) -> Bool { table.clusters.allSatisfy { clusters[$0] != nil } }
        for table in memory.putAside ?? [] where isWhole(table) {
            putAside[table.version] = PutAside(
                table: Table(table), clusters: table.clusters.compactMap { clusters[$0] })
        }
        for table in memory.tables where isWhole(table) {
            tables[table.version] = Table(table)
            for cluster in table.clusters.compactMap({ clusters[$0] }) { pool.add(cluster) }
        }
        pool.remember(
            memory.memberships.compactMap { answer in
                let members = answer.clusters.compactMap { clusters[$0] }
                guard members.count == answer.clusters.count else { return nil }
                return ClusterPool.Answer(version: answer.version, clusters: members)
            })
        remembered = Dictionary(memory.nodes.map { ($0.name, $0.clusters) }, uniquingKeysWith: { first, _ in first })
        let expected = memory.nodes.filter { now - ($0.lastWord ?? now) <= Self.longestAbsence }
        unheard = Dictionary(
            expected.map { ($0.name, Unheard(routes: $0.routes ?? [], lastWord: $0.lastWord ?? now)) },
            uniquingKeysWith: { first, _ in first })
        for var rule in memory.firstNodes ?? [] {
            rule.limits = settings.firstNode
            firstNodes[rule.network] = rule
        }
        for (version, body) in memory.fallbacks ?? [:] where tables[version] != nil {
            routesAnswers[version] = Offer(DiscoveryAnswer(version: version, body: Array(body.utf8)))
        }
        journal.acknowledged = memory.acknowledged
        predecessors = Set(tables.keys)
        remembersUntil = now + Liveness.expiry
    }
}

extension FleetRollout.Table {
    fileprivate init(_ table: RolloutMemory.Table) {
        self.init(network: table.network, plan: table.plan, clusters: table.clusters, version: table.version)
    }
}

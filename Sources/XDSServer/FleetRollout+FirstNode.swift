package import EdgeModel
internal import EdgePlan
internal import FleetProtocol

/// What the fleet's words mean for who may have what.
extension FleetRollout {
    /// What is published is held since before; told again after each publication.
    func holdEvents(at now: Int64) -> [FleetEvent] {
        Network.allCases.compactMap { firstNodes[$0]?.hold }.map { event($0.node, now, .held($0)) }
    }

    /// Whether a node that has just said that it runs what it was given first is to ask again at once, to show that it
    /// lives: Envoy holds its next request back until this one is answered.
    package func isToAskAgain(_ name: ResourceName, _ kind: ResourceKind) -> Bool {
        guard let network = kind.network, let rule = firstNodes[network] else { return false }
        return rule.stage == .confirming(name) && nodes[name]?.sessions[kind]?.accepted == rule.current?.version
    }

    /// Another word of a node about a network's routes that tells nothing but that it lives.
    mutating func hearAgain(_ name: ResourceName, _ network: Network, at now: Int64) {
        change(network) { $0.lives(name, at: now) }
    }

    mutating func hearForFirstNodes(_ request: DiscoveryRequest, isLeaving: Bool, at now: Int64) -> [FleetEvent] {
        let name = request.node.name
        if let network = request.kind.network {
            change(network) { $0.lives(name, at: now) }
        }
        // Routes are sent to a process that has clusters: one that asks for its first clusters is another one.
        guard request.kind == .clusters, request.version == nil else { return [] }
        return Network.allCases.compactMap { network in
            guard !isLeaving else {
                change(network) { $0.left(name) }
                return nil
            }
            return change(network) { $0.crashed(name, at: now) }.flatMap(\.self).map { event(name, now, .held($0)) }
        }
    }

    mutating func hearForFirstNodes(_ report: NodeReport, at now: Int64) -> [FleetEvent] {
        let hasRestarted = nodes[report.node]?.isNews(restarts: report.restarts) ?? false
        return Network.allCases.compactMap { network in
            guard hasRestarted else {
                change(network) { $0.lives(report.node, at: now) }
                return nil
            }
            return change(network) { $0.crashed(report.node, at: now) }.flatMap(\.self).map {
                event(report.node, now, .held($0))
            }
        }
    }

    /// It stops because it was told to: that it begins anew speaks against nothing.
    package mutating func leave(_ name: ResourceName) { nodes[name]?.isLeaving = true }

    mutating func accepted(_ kind: ResourceKind, _ version: String, by name: ResourceName, at now: Int64) {
        guard let network = kind.network, version == current[network]?.version else { return }
        change(network) { $0.accepted(version, by: name, at: now) }
        journal.acknowledge(by: name)
    }

    /// It would not take routes, or clusters without which it cannot have routes.
    mutating func refused(_ kind: ResourceKind, _ version: String, _ node: NodeRollout, at now: Int64) -> [FleetEvent] {
        let name = node.description.name
        return Network.allCases.compactMap { network in
            guard let table = current[network] else { return nil }
            let isMeant = kind == .clusters ? node.due(table.clusters) == nil : version == table.version
            guard isMeant else { return nil }
            return change(network) { $0.refused(by: name, at: now) }.flatMap(\.self).map { event(name, now, .held($0)) }
        }
    }

    mutating func chooseFirstNodes(at now: Int64) {
        guard isPublished else { return }
        for network in Network.allCases where firstNodes[network]?.stage == .trying {
            let all = candidates(network, at: now)
            change(network) { $0.choose(among: all, at: now) }
        }
    }

    private func candidates(_ network: Network, at now: Int64) -> [FirstNode.Candidate] {
        guard let table = current[network] else { return [] }
        return nodes.values.compactMap { node in
            let session = node.sessions[.routes(network)]
            guard session != nil || !node.description.addresses(of: network).isEmpty, node.isLive(at: now),
                canRead(node.description), !journal.isClosed(to: node.description.name)
            else { return nil }
            return FirstNode.Candidate(
                name: node.description.name, lastWord: max(node.lastRequest, node.lastReport ?? 0),
                isServing: session?.accepted != nil, due: node.due(table.clusters),
                isSilent: session?.unanswered == table.version)
        }
    }

    @discardableResult
    private mutating func change<T>(_ network: Network, _ body: (inout FirstNode) -> T) -> T? {
        guard var rule = firstNodes[network] else { return nil }
        let before = rule.stage
        let result = body(&rule)
        firstNodes[network] = rule
        if rule.stage != before { memoryChange += 1 }
        return result
    }
}

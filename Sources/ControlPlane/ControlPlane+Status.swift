package import EdgeModel
internal import EdgePlan

/// One look at everything an operator asks first.
package struct AccountStatus: Sendable {
    package var zones: Int
    package var applications: [ApplicationSummary]
    package var environments: [Environment]
    package var nodes: [NodeRow]
    package var expected: NetworkDigests
    package var lastDeployments: [HistoryRow]
    package var findings: [Finding]
    package var at: Timestamp
    /// Why nodes are not sent what is live; nil: nothing stands in the way.
    package var standstill: Standstill?

    /// Live nodes that do not serve what the store says is live.
    package var behind: [ResourceName] {
        nodes.filter { row in
            guard let status = row.status, status.isLive(at: at) else { return false }
            return Network.allCases.contains { network in
                let serves = status.description.map { !$0.addresses(of: network).isEmpty } ?? true
                let wanted = network == .production ? expected.production : expected.lower
                return serves && status.plan(of: network) != wanted
            }
        }.map(\.node.name)
    }
}

/// What the compiler says of what is live: it stays as it is until the next mutation.
package struct CompiledAccount: Hashable, Sendable {
    package var expected: NetworkDigests
    package var findings: [Finding]
}

extension ControlPlane {
    package func compiledAccount() throws -> CompiledAccount {
        let (plan, findings) = try compile()
        return CompiledAccount(expected: NetworkDigests(plan), findings: findings)
    }

    /// - Parameter known: what was compiled since the last mutation, which is most of the work; nil: it is done now.
    package func status(_ known: CompiledAccount? = nil) throws -> AccountStatus {
        let compiled = try known ?? compiledAccount()
        let (expected, findings) = (compiled.expected, compiled.findings)
        let (zones, nodes, moment) = (try zones(), try nodes(), now())
        let last = try history(stream: nil, last: 5)
        let statuses = nodes.compactMap { row in row.status.map { (row.node.name, $0) } }
        let standstill = Standstill(
            Dictionary(statuses, uniquingKeysWith: { first, _ in first }), expected: { expected[$0] }, at: moment)
        let certificates = nodes.flatMap { $0.status?.certificateFindings(zones, at: moment) ?? [] }
        return AccountStatus(
            zones: zones.count, applications: try applications(),
            environments: try environments().map(\.environment), nodes: nodes, expected: expected,
            lastDeployments: last,
            findings: (standstill?.findings(last.last?.deployment) ?? []) + findings + certificates, at: moment,
            standstill: standstill)
    }

    /// Nodes that a deployment still waits for: live ones without an acknowledgement.
    package func awaiting(_ deployment: Deployment) throws -> (acknowledged: [ResourceName], missing: [ResourceName]) {
        try store.read { tx in
            let acknowledged = Set(try tx.acknowledgements(of: deployment.id).map(\.node))
            let statuses = try Self.statuses(in: tx)
            let moment = now()
            let live = try tx.nodes().map(\.name).filter { statuses[$0]?.isLive(at: moment) ?? false }
            return (acknowledged.sorted(), live.filter { !acknowledged.contains($0) })
        }
    }
}
